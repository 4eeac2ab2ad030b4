#pragma once
#include "../../vendor/include/onnxruntime/onnxruntime_c_api.h"
