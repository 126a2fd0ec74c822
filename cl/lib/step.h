/* SPDX-License-Identifier: MIT */
/* The 64 bytes that change from step to step, shared by host and kernels. */
#ifndef CLKERAS_STEP_H
#define CLKERAS_STEP_H

/* Floats that graphs read by number (clk__step_scalar). */
enum step_field {
    STEP_LEARNING_RATE,
    STEP_BETA1_CORRECTION, /* 1 - beta1^t */
    STEP_BETA2_CORRECTION, /* 1 - beta2^t */
    STEP_EXTRA0,           /* what else an optimizer's schedule needs */
    STEP_EXTRA1,
    STEP_EXTRA2,
    STEP_EXTRA3,
    STEP_EXTRA4,
    STEP_FIELDS
};

struct step {
    float scalars[8]; /* by enum step_field */
    unsigned seed_lo; /* of this model's random ops */
    unsigned seed_hi;
    unsigned number;   /* of the step since the model was made */
    unsigned row0;     /* first position of the batch in the permutation */
    unsigned out_row0; /* first row of the batch in the output */
    unsigned reserved[3];
};

#endif
