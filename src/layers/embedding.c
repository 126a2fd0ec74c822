/* SPDX-License-Identifier: MIT */
/* Embedding: class numbers to rows of a table. Follows keras/src/layers/core/embedding.py. */
#include "base/mem.h"
#include "initializers/initializer.h"
#include "layers/layer.h"
#include "ops/ops.h"

#include <stdlib.h>
#include <string.h>

struct embedding {
    struct layer layer;
    int64_t input_dim;
    int64_t output_dim;
    struct object *embeddings_initializer;
    struct object *embeddings_regularizer;
    struct object *embeddings_constraint;
    bool mask_zero;
    int64_t input_length; /* of Keras 2, says nothing any more */
    bool has_input_length;
};

static const struct field fields[] = {
    ARG_INT(embedding, input_dim, REQUIRED, AT_LEAST(1)),
    ARG_INT(embedding, output_dim, REQUIRED, AT_LEAST(1)),
    ARG_OBJECT(embedding, embeddings_initializer, &clk__initializers, DEFAULT("uniform")),
    ARG_REGULARIZER(embedding, embeddings_regularizer),
    ARG_ACTIVITY_REGULARIZER,
    ARG_CONSTRAINT(embedding, embeddings_constraint),
    ARG_BOOL(embedding, mask_zero, DEFAULT(false)),
    ARG_INT_OR_NONE(embedding, input_length, DEFAULT(null), HIDDEN),
    /* These are younger than Keras 3.0, which refuses a config that has them. */
    ARG_UNSUPPORTED("weights", DEFAULT(null), HIDDEN),
    ARG_UNSUPPORTED("lora_rank", DEFAULT(null), HIDDEN),
    ARG_UNSUPPORTED("lora_alpha", DEFAULT(null), HIDDEN),
    ARG_UNSUPPORTED("quantization_config", DEFAULT(null), HIDDEN),
    ARGS_END,
};

/* Keras 2.0 wrote the type of the class numbers, int32, where the table's stands now. */
static clk_status check(struct object *o)
{
    struct layer *l = (struct layer *)o;
    if (l->dtype && strcmp(l->dtype, "int32") == 0) {
        free(l->dtype);
        l->dtype = clk__strdup("float32");
        if (!l->dtype)
            return clk__fail_memory();
    }
    return clk__layer_check(o);
}

static clk_status build(struct layer *self, const struct shape *inputs, int n)
{
    const struct embedding *e = (const struct embedding *)self;
    (void)inputs;
    (void)n;
    TRY(clk__layer_add_variable(
        self, "embeddings", SHAPE(e->input_dim, e->output_dim), true, e->embeddings_initializer));
    clk__layer_add_rules(self, e->embeddings_regularizer, e->embeddings_constraint);
    return CLK_OK;
}

static clk_status call(struct layer *self, struct call *c)
{
    const struct embedding *e = (const struct embedding *)self;
    struct value *table = clk__call_variable(c, &self->variables[0]), *ids = c->inputs[0];
    c->outputs[0] = clk__take(c->graph, table, ids);
    c->n_outputs = 1;
    c->has_output_masks = true;
    if (e->mask_zero)
        c->output_masks[0] = clk__binary(c->graph, "not_equal", ids, clk__constant(c->graph, 0.0f));
    return c->graph->status;
}

const struct layer_class clk__layer_embedding = {
    .object.name = "Embedding",
    .object.module = "keras.layers",
    .object.bytes = sizeof(struct embedding),
    .object.fields = fields,
    .object.common = clk__layer_plain_fields,
    .object.check = check,
    .object.fini = clk__layer_fini,
    .casting = CAST_OUTPUTS,
    .build = build,
    .call = call,
};
