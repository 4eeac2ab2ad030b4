// Writes a GGUF model once more, all of its matrices in IQ4_NL: `requantise FROM TO`.
//
// Decoding waits for memory, so a token takes as long as its weights are large, and of the formats with four bits a
// weight this is the one that llama.cpp computes prompts with fastest where rows are no multiple of 256. README.md
// beside this file says what it costs.

#include <stdio.h>

#include "llama.h"

static void complain(enum ggml_log_level level, const char *text, void *nobody) {
    (void)nobody;
    if (level >= GGML_LOG_LEVEL_WARN) fputs(text, stderr);
}

int main(int count, char **words) {
    if (count != 3) return fputs("usage: requantise FROM TO\n", stderr), 64;
    llama_log_set(complain, NULL);
    llama_backend_init();
    struct llama_model_quantize_params parameters = llama_model_quantize_default_params();
    parameters.ftype = LLAMA_FTYPE_MOSTLY_IQ4_NL;
    parameters.output_tensor_type = GGML_TYPE_IQ4_NL;
    parameters.token_embedding_type = GGML_TYPE_Q5_0;  // as it was: only the rows of the words in use are read
    parameters.allow_requantize = true;
    return llama_model_quantize(words[1], words[2], &parameters) == 0 ? 0 : 1;
}
