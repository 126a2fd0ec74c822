/* SPDX-License-Identifier: MIT */
/* EinsumDense: activation(einsum(equation, x, kernel) + bias). Follows keras/src/layers/core/einsum_dense.py. */
#include "activations/activation.h"
#include "initializers/initializer.h"
#include "layers/layer.h"
#include "ops/ops.h"

#include <ctype.h>
#include <string.h>

/* The kernel's initializer with the fans that the equation gives: of the axes summed over, and of the others. */
struct kernel_initializer {
    struct initializer initializer;
    const struct object *inner; /* borrowed from the layer */
    struct shape fans;          /* (in, out) */
};

struct einsum_dense {
    struct layer layer;
    char *equation;
    struct int_list output_shape; /* without the batch axis */
    struct object *activation;
    char *bias_axes; /* NULL: no bias */
    struct object *kernel_initializer;
    struct object *bias_initializer;
    struct object *kernel_regularizer;
    struct object *bias_regularizer;
    struct object *kernel_constraint;
    struct object *bias_constraint;
    struct kernel_initializer with_fans;
};

static const struct field fields[] = {
    ARG_STRING(einsum_dense, equation, REQUIRED),
    ARG_SHAPE(einsum_dense, output_shape, REQUIRED, ALLOW_INT, NONE_ITEMS, AT_LEAST(1)),
    ARG_OBJECT(einsum_dense, activation, &clk__activations, DEFAULT("linear"), OR_NONE),
    ARG_STRING(einsum_dense, bias_axes, DEFAULT(null)),
    ARG_OBJECT(einsum_dense, kernel_initializer, &clk__initializers, DEFAULT("glorot_uniform")),
    ARG_OBJECT(einsum_dense, bias_initializer, &clk__initializers, DEFAULT("zeros")),
    ARG_REGULARIZER(einsum_dense, kernel_regularizer),
    ARG_REGULARIZER(einsum_dense, bias_regularizer),
    ARG_CONSTRAINT(einsum_dense, kernel_constraint),
    ARG_CONSTRAINT(einsum_dense, bias_constraint),
    ARG_ACTIVITY_REGULARIZER,
    ARG_UNSUPPORTED("lora_rank", DEFAULT(null), HIDDEN),
    ARG_UNSUPPORTED("lora_alpha", DEFAULT(null), HIDDEN),
    ARG_UNSUPPORTED("gptq_unpacked_column_size", DEFAULT(null), HIDDEN),
    ARG_UNSUPPORTED("quantization_config", DEFAULT(null), HIDDEN),
    ARGS_END,
};

static clk_status fill(const struct initializer *self, float *out, const struct shape *shape,
    uint64_t seed, uint32_t stream)
{
    const struct kernel_initializer *k = (const struct kernel_initializer *)self;
    const struct shape *as = clk__initializer_scales(k->inner) ? &k->fans : shape;
    return clk__initializer_fill(k->inner, out, as, seed, stream);
}

static const struct initializer_class with_fans_class = {
    .object.name = "kernel of EinsumDense",
    .object.bytes = sizeof(struct kernel_initializer),
    .fill = fill,
};

/* ---- the equation ---- */

/* The letters of an operand, an ellipsis on one side of them, and its dimensions. */
struct term {
    char letters[CLK_MAX_RANK + 1];
    int n;
    bool dots_left, dots_right;
    struct shape shape; /* of all axes */
};

struct equation {
    struct term input, kernel, output;
    int n_elided;
};

static clk_status refuse(clk_status code, const struct einsum_dense *d, const char *why)
{
    char layer[LAYER_TEXT];
    return clk__fail(
        code, "%s: equation \"%s\": %s", clk__layer_text(layer, &d->layer), d->equation, why);
}

static clk_status read_term(
    struct term *t, const char *s, const char *end, const struct einsum_dense *d)
{
    *t = (struct term){.n = 0};
    for (; s < end; s++) {
        bool dots = end - s >= 3 && strncmp(s, "...", 3) == 0;
        if (dots && s + 3 == end) {
            t->dots_right = true;
            s += 2;
        } else if (dots && t->n == 0 && !t->dots_left) {
            t->dots_left = true;
            s += 2;
        } else if (!isalpha((unsigned char)*s) || t->n == CLK_MAX_RANK || strchr(t->letters, *s)) {
            return refuse(CLK_ERR_CONFIG, d,
                "expected [X],[Y]->[Z], ...[X],[Y]->...[Z] or [X]...,[Y]->[Z]...");
        } else {
            t->letters[t->n++] = *s;
        }
    }
    return CLK_OK;
}

static clk_status read_equation(struct equation *e, const struct einsum_dense *d)
{
    const char *comma = strchr(d->equation, ','), *arrow = strstr(d->equation, "->");
    if (!comma || !arrow || arrow < comma)
        return refuse(
            CLK_ERR_CONFIG, d, "expected two operands and a result, as in \"abc,cd->abd\"");
    TRY(read_term(&e->input, d->equation, comma, d));
    TRY(read_term(&e->kernel, comma + 1, arrow, d));
    TRY(read_term(&e->output, arrow + 2, arrow + strlen(arrow), d));
    bool fits = e->input.dots_left == e->output.dots_left &&
                e->input.dots_right == e->output.dots_right &&
                !(e->input.dots_left && e->input.dots_right) && !e->kernel.dots_left &&
                !e->kernel.dots_right;
    return fits ? CLK_OK
                : refuse(CLK_ERR_CONFIG, d,
                      "one ellipsis may stand in the input and, the same, in the output");
}

/* The dimension of a letter; -2: not one of the term's. */
static int64_t length(const struct term *t, int n_elided, char letter)
{
    const char *at = memchr(t->letters, letter, (size_t)t->n);
    return at ? t->shape.dims[(at - t->letters) + (t->dots_left ? n_elided : 0)] : -2;
}

/* The output's whole shape: batch, then output_shape, with the unnamed axes of the input where they stand. */
static clk_status complete_output(struct equation *e, const struct einsum_dense *d)
{
    struct shape *out = &e->output.shape;
    const struct shape *in = &e->input.shape;
    int n = e->n_elided;
    bool left = e->output.dots_left;
    *out = (struct shape){.rank = 0};
    if (e->output.n + n > CLK_MAX_RANK ||
        d->output_shape.n + 1 + (left && n > 0 ? n - 1 : n) != e->output.n + n)
        return refuse(
            CLK_ERR_SHAPE, d, "output_shape has not the axes of the output behind the batch axis");
    out->dims[out->rank++] = in->dims[0];
    for (int i = 1; left && i < n; i++)
        out->dims[out->rank++] = in->dims[i];
    for (int i = 0; i < d->output_shape.n; i++)
        out->dims[out->rank++] = d->output_shape.items[i];
    for (int i = in->rank - n; !left && i < in->rank; i++)
        out->dims[out->rank++] = in->dims[i];
    return CLK_OK;
}

static clk_status check_shared(const struct equation *e, const struct einsum_dense *d)
{
    char layer[LAYER_TEXT];
    for (int i = 0; i < e->input.n; i++) {
        char letter = e->input.letters[i];
        int64_t in = length(&e->input, e->n_elided, letter);
        int64_t out = length(&e->output, e->n_elided, letter);
        if (out >= 0 && in != out)
            return clk__fail(CLK_ERR_SHAPE,
                "%s: index '%c' of \"%s\" is %lld in the input, %lld in output_shape",
                clk__layer_text(layer, &d->layer), letter, d->equation, (long long)in,
                (long long)out);
    }
    return CLK_OK;
}

static clk_status read_shapes(
    struct equation *e, const struct einsum_dense *d, const struct shape *input)
{
    char layer[LAYER_TEXT], shape[SHAPE_TEXT];
    TRY(read_equation(e, d));
    e->input.shape = *input;
    e->n_elided = input->rank - e->input.n;
    bool dots = e->input.dots_left || e->input.dots_right;
    if (e->n_elided < 0 || (e->n_elided > 0 && !dots))
        return clk__fail(CLK_ERR_SHAPE, "%s: input of shape %s does not have the axes of \"%s\"",
            clk__layer_text(layer, &d->layer), clk__shape_text(shape, input), d->equation);
    TRY(complete_output(e, d));
    return check_shared(e, d);
}

/* ---- variables ---- */

/* Dimensions of the kernel: of the output where it has the letter, else of the input; fans by that, too. */
static clk_status kernel_shape(
    struct shape *out, struct shape *fans, const struct equation *e, const struct einsum_dense *d)
{
    *out = (struct shape){.rank = e->kernel.n};
    *fans = SHAPE(1, 1);
    for (int i = 0; i < e->kernel.n; i++) {
        int64_t n = length(&e->output, e->n_elided, e->kernel.letters[i]);
        bool of_output = n != -2;
        if (!of_output)
            n = length(&e->input, e->n_elided, e->kernel.letters[i]);
        if (n == -2)
            return refuse(CLK_ERR_SHAPE, d,
                "an index of the kernel is neither in the input nor in the output");
        if (n < 0)
            return refuse(
                CLK_ERR_SHAPE, d, "a dimension of the kernel is unknown: it must be given");
        out->dims[i] = n;
        fans->dims[of_output ? 1 : 0] *= n;
    }
    return CLK_OK;
}

/* From the first of bias_axes on, 1 where an axis has none. */
static clk_status bias_shape(
    struct shape *out, const struct equation *e, const struct einsum_dense *d)
{
    *out = (struct shape){.rank = 0};
    for (const char *p = d->bias_axes; *p; p++) {
        if (!memchr(e->output.letters, *p, (size_t)e->output.n))
            return refuse(CLK_ERR_SHAPE, d, "bias_axes has an index that the output has not");
    }
    for (int i = 0; i < e->output.n; i++) {
        bool biased = strchr(d->bias_axes, e->output.letters[i]) != NULL;
        int64_t n = biased ? length(&e->output, e->n_elided, e->output.letters[i]) : 1;
        if (n < 0)
            return refuse(CLK_ERR_SHAPE, d, "a dimension of the bias is unknown: it must be given");
        if (biased || out->rank > 0)
            out->dims[out->rank++] = n;
    }
    for (int i = 0; !e->output.dots_left && i < e->n_elided; i++)
        out->dims[out->rank++] = 1;
    return CLK_OK;
}

static clk_status build(struct layer *self, const struct shape *inputs, int n)
{
    struct einsum_dense *d = (struct einsum_dense *)self;
    struct equation e;
    struct shape kernel, bias;
    (void)n;
    TRY(read_shapes(&e, d, &inputs[0]));
    TRY(kernel_shape(&kernel, &d->with_fans.fans, &e, d));
    d->with_fans.initializer.object.class = &with_fans_class.object;
    d->with_fans.inner = d->kernel_initializer;
    TRY(clk__layer_add_variable(self, "kernel", kernel, true, &d->with_fans.initializer.object));
    clk__layer_add_rules(self, d->kernel_regularizer, d->kernel_constraint);
    if (!d->bias_axes)
        return CLK_OK;
    TRY(bias_shape(&bias, &e, d));
    TRY(clk__layer_add_variable(self, "bias", bias, true, d->bias_initializer));
    clk__layer_add_rules(self, d->bias_regularizer, d->bias_constraint);
    return CLK_OK;
}

static clk_status call(struct layer *self, struct call *c)
{
    struct einsum_dense *d = (struct einsum_dense *)self;
    struct value *kernel = clk__call_variable(c, &self->variables[0]);
    struct value *y = clk__einsum(c->graph, d->equation, c->inputs[0], kernel);
    if (d->bias_axes)
        y = clk__add(c->graph, y, clk__call_variable(c, &self->variables[1]));
    c->outputs[0] = clk__activate(c->graph, d->activation, y);
    c->n_outputs = 1;
    return c->graph->status;
}

static clk_status check(struct object *o)
{
    struct einsum_dense *d = (struct einsum_dense *)o;
    struct equation e;
    d->output_shape.scalar = false; /* Keras writes a tuple */
    TRY(clk__layer_check(o));
    return read_equation(&e, d);
}

const struct layer_class clk__layer_einsum_dense = {
    .object.name = "EinsumDense",
    .object.module = "keras.layers",
    .object.bytes = sizeof(struct einsum_dense),
    .object.fields = fields,
    .object.common = clk__layer_plain_fields,
    .object.check = check,
    .object.fini = clk__layer_fini,
    .build = build,
    .call = call,
};
