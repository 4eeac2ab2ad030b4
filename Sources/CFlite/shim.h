#pragma once
#include <flite/flite.h>

// No header declares what the voice's own library exports.
cst_voice *register_cmu_us_slt(const char *voxdir);
void unregister_cmu_us_slt(cst_voice *voice);
