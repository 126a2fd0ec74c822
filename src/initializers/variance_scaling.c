/* SPDX-License-Identifier: MIT */
/* VarianceScaling and its six named forms: Glorot, He and LeCun, uniform and normal.
 * Follows keras/src/initializers/random_initializers.py, compute_fans included. */
#include "initializers/initializer.h"

#include <math.h>

/* Standard deviation of a standard normal that is cut at 2. */
#define TRUNCATED_STDDEV 0.87962566103423978

enum mode {
    FAN_IN,
    FAN_OUT,
    FAN_AVG
};
enum distribution {
    UNIFORM,
    TRUNCATED_NORMAL,
    UNTRUNCATED_NORMAL,
    NORMAL
};
static const char *const modes[] = {"fan_in", "fan_out", "fan_avg", NULL};
static const char *const distributions[] = {
    "uniform", "truncated_normal", "untruncated_normal", "normal", NULL};

struct variance_scaling {
    struct random_initializer random;
    double scale;
    int mode;
    int distribution;
};

/* input_axes and output_axes are younger than Keras 3.0, which refuses a config that has them. */
#define AXES_FIELDS                                       \
    ARG_UNSUPPORTED("input_axes", DEFAULT(null), HIDDEN), \
        ARG_UNSUPPORTED("output_axes", DEFAULT(null), HIDDEN)

static const struct field fields[] = {
    ARG_FLOAT(variance_scaling, scale, DEFAULT(1.0), ABOVE(0)),
    ARG_CHOICE(variance_scaling, mode, modes, DEFAULT("fan_in")),
    ARG_CHOICE(variance_scaling, distribution, distributions, DEFAULT("truncated_normal")),
    SEED_FIELD(variance_scaling),
    AXES_FIELDS,
    ARGS_END,
};

/* The named forms take a seed only. */
static const struct field named_fields[] = {
    SEED_FIELD(variance_scaling),
    AXES_FIELDS,
    ARGS_END,
};

/* Kernels are (..., in, out), the leading axes being the receptive field. */
static void fans(double *fan_in, double *fan_out, const struct shape *shape)
{
    double field = 1.0;
    for (int i = 0; i < shape->rank - 2; i++)
        field *= (double)shape->dims[i];
    double last = shape->rank > 0 ? (double)shape->dims[shape->rank - 1] : 1.0;
    double before = shape->rank > 1 ? (double)shape->dims[shape->rank - 2] : last;
    *fan_in = before * field;
    *fan_out = last * field;
}

static clk_status fill(const struct initializer *self, float *out, const struct shape *shape,
    uint64_t seed, uint32_t stream)
{
    const struct variance_scaling *v = (const struct variance_scaling *)self;
    const struct draw d = clk__draw(&v->random, seed, stream);
    double fan_in = 0.0, fan_out = 0.0;
    fans(&fan_in, &fan_out, shape);
    double fan = v->mode == FAN_IN ? fan_in : v->mode == FAN_OUT ? fan_out : (fan_in + fan_out) / 2;
    double stddev = sqrt(v->scale / fmax(1.0, fan));
    double limit = sqrt(3.0) * stddev; /* of a uniform distribution with this deviation */
    size_t len = clk__initializer_len(shape);
    for (size_t i = 0; i < len; i++) {
        if (v->distribution == UNIFORM)
            out[i] = (float)(limit * (2.0 * clk__draw_uniform(&d, i) - 1.0));
        else if (v->distribution == UNTRUNCATED_NORMAL)
            out[i] = (float)(stddev * clk__draw_normal(&d, i));
        else
            out[i] = (float)(stddev / TRUNCATED_STDDEV * clk__draw_truncated(&d, i));
    }
    return CLK_OK;
}

bool clk__initializer_scales(const struct object *initializer)
{
    return ((const struct initializer_class *)initializer->class)->fill == fill;
}

static clk_status check(struct object *o)
{
    struct variance_scaling *v = (struct variance_scaling *)o;
    if (v->distribution == NORMAL) /* an older name */
        v->distribution = TRUNCATED_NORMAL;
    return CLK_OK;
}

const struct initializer_class clk__initializer_variance_scaling = {
    .object.name = "VarianceScaling",
    .object.module = "keras.initializers",
    .object.bytes = sizeof(struct variance_scaling),
    .object.fields = fields,
    .object.check = check,
    .fill = fill,
};

/* A named form: its check sets what its fields do not. */
#define NAMED_FORM(tag, name_, scale_, mode_, distribution_)       \
    static clk_status check_##tag(struct object *o)                \
    {                                                              \
        struct variance_scaling *v = (struct variance_scaling *)o; \
        v->scale = (scale_);                                       \
        v->mode = (mode_);                                         \
        v->distribution = (distribution_);                         \
        return CLK_OK;                                             \
    }                                                              \
    const struct initializer_class clk__initializer_##tag = {      \
        .object.name = (name_),                                    \
        .object.module = "keras.initializers",                     \
        .object.bytes = sizeof(struct variance_scaling),           \
        .object.fields = named_fields,                             \
        .object.check = check_##tag,                               \
        .fill = fill,                                              \
    }

NAMED_FORM(glorot_normal, "GlorotNormal", 1.0, FAN_AVG, TRUNCATED_NORMAL);
NAMED_FORM(glorot_uniform, "GlorotUniform", 1.0, FAN_AVG, UNIFORM);
NAMED_FORM(he_normal, "HeNormal", 2.0, FAN_IN, TRUNCATED_NORMAL);
NAMED_FORM(he_uniform, "HeUniform", 2.0, FAN_IN, UNIFORM);
NAMED_FORM(lecun_normal, "LecunNormal", 1.0, FAN_IN, TRUNCATED_NORMAL);
NAMED_FORM(lecun_uniform, "LecunUniform", 1.0, FAN_IN, UNIFORM);
