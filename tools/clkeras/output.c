/* SPDX-License-Identifier: MIT */
/* Results: JSON on stdout, and files that are replaced as a whole. */
#include "cli.h"

#include <errno.h>
#include <libgen.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void cli_print_json_text(FILE *f, const char *text)
{
    fputc('"', f);
    for (const char *c = text; *c; c++) {
        if (*c == '"' || *c == '\\') {
            fprintf(f, "\\%c", *c);
        } else if ((unsigned char)*c < 0x20) {
            fprintf(f, "\\u%04x", (unsigned)(unsigned char)*c);
        } else {
            fputc(*c, f);
        }
    }
    fputc('"', f);
}

void cli_print_json_pair(FILE *f, const char *key, const char *text)
{
    fprintf(f, ", \"%s\": ", key);
    if (text) {
        cli_print_json_text(f, text);
    } else {
        fputs("null", f);
    }
}

void cli_print_json_number(FILE *f, double value)
{
    if (isfinite(value)) {
        fprintf(f, "%.9g", value);
    } else {
        fputs("null", f);
    }
}

int cli_check_output(struct cli *cli, const char *option, const char *path)
{
    if (!path || strcmp(path, "-") == 0) {
        return CLI_DONE;
    }
    struct stat info;
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
        return cli_fail_text(cli, "%s: %s is a folder", option, path);
    }
    char *copy = strdup(path);
    if (!copy) {
        return cli_fail_text(cli, "out of memory");
    }
    int code = CLI_DONE;
    if (access(dirname(copy), W_OK) != 0) {
        code = cli_fail_text(cli, "%s: cannot write %s: %s", option, path, strerror(errno));
    }
    free(copy);
    return code;
}

/* Writes to `temporary` and to the disk. @return 0 or errno */
static int write_text(const char *temporary, int file, const char *text)
{
    FILE *f = fdopen(file, "w");
    if (!f) {
        const int error = errno;
        close(file);
        return error;
    }
    errno = 0;
    const bool written = fputs(text, f) >= 0 && fflush(f) == 0 && fsync(fileno(f)) == 0;
    int error = written ? 0 : errno;
    if (fclose(f) != 0 && error == 0) {
        error = errno;
    }
    /* mkstemp() allows the owner alone; results are as readable as any new file */
    const mode_t mask = umask(0);
    umask(mask);
    if (error == 0 && chmod(temporary, 0666 & ~mask) != 0) {
        error = errno;
    }
    return error;
}

int cli_replace_file(struct cli *cli, const char *path, const char *text)
{
    if (strcmp(path, "-") == 0) {
        fputs(text, stdout);
        return CLI_DONE;
    }
    const size_t size = strlen(path) + sizeof ".XXXXXX";
    char *temporary = malloc(size);
    if (!temporary) {
        return cli_fail_text(cli, "out of memory");
    }
    snprintf(temporary, size, "%s.XXXXXX", path);
    int error = 0;
    const int file = mkstemp(temporary);
    if (file < 0) {
        error = errno;
    } else {
        error = write_text(temporary, file, text);
        if (error == 0 && rename(temporary, path) != 0) {
            error = errno;
        }
        if (error != 0) {
            unlink(temporary);
        }
    }
    free(temporary);
    return error == 0 ? CLI_DONE : cli_fail_text(cli, "cannot write %s: %s", path, strerror(error));
}
