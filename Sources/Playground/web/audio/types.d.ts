// What the scope of an audio worklet has beside the usual; TypeScript's own library knows nothing of it.

declare const sampleRate: number;
declare const currentFrame: number;

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
  constructor(options?: AudioWorkletNodeOptions);
}

declare function registerProcessor(name: string, processor: new (options: any) => AudioWorkletProcessor & {
  process(inputs: Float32Array[][], outputs: Float32Array[][], parameters: Record<string, Float32Array>): boolean;
}): void;
