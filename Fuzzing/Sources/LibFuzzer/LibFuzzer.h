#pragma once
#include <stddef.h>
#include <stdint.h>

// libFuzzer's own main function does no more than to call this. SwiftPM wants the main function for itself.
int LLVMFuzzerRunDriver(
    int *_Nonnull argumentCount, char *_Nullable *_Nonnull *_Nonnull arguments,
    int (*_Nonnull test)(const uint8_t *_Nullable data, size_t count));
