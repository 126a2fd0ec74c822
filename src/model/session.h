/* SPDX-License-Identifier: MIT */
/* A model on its device: the flat buffers, the data's, the arena that its plans share, and those plans. */
#pragma once

#include "lib/step.h"
#include "model/model.h"

enum plan_mode {
    PLAN_TRAIN,
    PLAN_TEST,
    PLAN_PREDICT
};

/* An input or target of a batch as it lies in memory. */
struct plan_array {
    clk_dtype dtype; /* 0: there is none (an output without a loss) */
    struct shape shape;
    enum target_kind kind; /* of a target */
};

_Static_assert(MAX_IO <= MAX_OUTPUT_REGIONS && 2 * MAX_IO <= MAX_DATA,
    "every input, target and prediction has its region");

/* What a plan was made for. */
struct plan_key {
    enum plan_mode mode;
    int64_t rows;
    int n_inputs, n_targets;
    struct plan_array inputs[MAX_IO];
    struct plan_array targets[MAX_IO]; /* by output */
};

/* Sums that a step adds to: the losses of the outputs, the metrics, and what masks count. What comes behind them in
 * memory is aligned like a variable. */
#define MAX_TERMS 320
_Static_assert(MAX_TERMS >= 2 * (MAX_IO + MAX_METRICS) + 2 &&
                   MAX_TERMS * sizeof(float[2]) % VARIABLE_ALIGN == 0,
    "each loss and metric, a weight for each, and penalties");
struct term {
    double count; /* elements a step stands for */
    int weight;   /* the term that counts them on the device instead; -1: none */
    bool penalty; /* what regularizers add to the loss: of no output */
};
/* What a metric that is no mean, and so no term, adds up behind those sums: `n` arrays of one shape. */
struct tally {
    size_t metric; /* of the model's */
    int n;
    struct shape shape;
    size_t offset; /* of the first array, see clk__accumulate_each() */
    double rows;   /* that a step stands for */
};
struct model_plan {
    struct plan_key key;
    struct plan *plan;
    struct shape output_shapes[MAX_IO]; /* of the predictions of one batch */
    uint64_t generation;                /* of the session's buffers it is bound to; 0: none */
    struct term
        terms[MAX_TERMS]; /* losses by output (those there are), penalties, metrics, weights */
    int n_terms;
    struct tally tallies[MAX_METRICS]; /* in the metrics' order */
    int n_tallies;
    size_t metric_bytes; /* of REGION_METRIC */
    bool writes_state;   /* it changes variables even when it does not train */
};

/* Step blocks on their way to the device: it has passed a block before its place is used again. */
#define SESSION_RING 1024

struct session {
    clk_device *device;
    struct regions regions;
    uint64_t generation; /* raised when a buffer is replaced */
    struct model_plan **plans;
    size_t n_plans, plans_capacity;
    struct step ring[SESSION_RING];
    int ring_at;
    uint64_t placings; /* how often samples were laid out on the device: see struct feed */
    bool host_newer;   /* parameters and slots must be uploaded */
};

/* The model's session, made if need be. */
clk_status clk__session_get(struct session **out, clk_model *m) CLK_MUST_CHECK;
/* The plan for `key` if there is one; NULL. */
struct model_plan *clk__session_find(const struct session *s, const struct plan_key *key);
/* The outputs' shapes, but for their rows, for inputs of these `n` shapes, whose rows do not count; NULL: no plan tells. */
const struct shape *clk__session_outputs(
    const struct session *s, const struct shape *inputs, int n);
/* Takes the plan. */
clk_status clk__session_add(struct session *s, struct model_plan *p) CLK_MUST_CHECK;
/* Drops all plans: compile changed what they do. */
void clk__session_drop_plans(struct session *s);

/* Bytes wanted in regions; 0 leaves a region as it is. */
struct reservation {
    size_t bytes[REGION_COUNT];
    bool tight; /* what only served earlier calls goes */
};
/* Bytes that the session's buffers take on the device now, and would take. */
uint64_t clk__session_held(const struct session *s);
uint64_t clk__session_total(const struct session *s, const struct reservation *r);
/* Would it fit, as far as one can tell beforehand? Sets how much there is, counting what the session holds. */
bool clk__session_fits(uint64_t *available, const struct session *s, const struct reservation *r);
/* Gives every region at least these bytes (data regions: exactly). Contents of a replaced buffer are lost, but for
 * parameters and slots, which come from the host.
 * @return CLK_OK; CLK_ERR_DEVICE_MEMORY; CLK_ERR_DEVICE */
clk_status clk__session_reserve(
    struct session *s, clk_model *m, const struct reservation *r) CLK_MUST_CHECK;
/* Parameters and slots are on the device, and the plan has its arguments. */
clk_status clk__session_prepare(
    struct session *s, clk_model *m, struct model_plan *p) CLK_MUST_CHECK;
