"""Makes files that no carrier has in the form the engines need.

`tokens` needs the standard library alone and runs inside the set-up. `moonshine` needs onnx and
onnxruntime and runs as a script in a throw-away environment with pinned versions of both.
"""

import base64
import os
import sys


def moonshine_tokens(tokenizer):
    """tokenizer.bin is a row of length-prefixed byte strings; sherpa-onnx reads base64 and an index per line."""
    lines, at = [], 0
    while at < len(tokenizer):
        length = tokenizer[at]
        at += 1
        if length >= 128:
            length += tokenizer[at] * 128 - 128
            at += 1
        lines.append(f"{base64.b64encode(tokenizer[at : at + length]).decode()} {len(lines)}\n")
        at += length
    return "".join(lines).encode()


def moonshine(source, destination):
    """Moonshine base as shipped multiplies its integer weights out on every run, which makes it about ten times
    too slow. Saved as ONNX its constants can be folded once, and then be quantised to int8 per channel."""
    import onnx
    import onnxruntime
    from onnxruntime.quantization import QuantType, quantize_dynamic

    def save(model, to, level, as_onnx=False):
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = level
        options.optimized_model_filepath = to
        if as_onnx:
            options.add_session_config_entry("session.save_model_format", "ONNX")
        onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    for name in ("encoder_model", "decoder_model_merged"):
        raw, folded = f"{destination}/{name}.raw.onnx", f"{destination}/{name}.folded.onnx"
        levels = onnxruntime.GraphOptimizationLevel
        save(f"{source}/{name}.ort", raw, levels.ORT_DISABLE_ALL, as_onnx=True)

        model = onnx.load(raw)
        named = 0

        def name_graphs(graph):
            # The .ort format drops the names of sub-graphs, and ONNX refuses a graph without one.
            nonlocal named
            if not graph.name:
                graph.name = f"g{named}"
                named += 1
            for node in graph.node:
                for attribute in node.attribute:
                    if attribute.type == onnx.AttributeProto.GRAPH:
                        name_graphs(attribute.g)

        name_graphs(model.graph)
        onnx.save(model, raw)
        save(raw, folded, levels.ORT_ENABLE_BASIC)
        quantize_dynamic(
            folded,
            f"{destination}/{name}.onnx",
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            extra_options={"EnableSubgraph": True, "MatMulConstBOnly": True},
        )
        os.remove(raw)
        os.remove(folded)


if __name__ == "__main__":
    moonshine(*sys.argv[1:])
