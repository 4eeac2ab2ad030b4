// What the programs use of Node and of ws, where their own declarations are not installed.
declare const process: {
  env: Record<string, string | undefined>;
  stdout: { write(text: string): void };
  exit(code: number): never;
};
declare const console: { log(...values: unknown[]): void; error(...values: unknown[]): void };
declare class Buffer {
  static from(text: string, encoding: "base64"): Buffer;
  static concat(buffers: Buffer[]): Buffer;
}
declare module "node:fs" {
  export function writeFileSync(file: string, content: Buffer): void;
}
declare module "node:child_process" {
  export function execSync(command: string): { toString(): string };
}
declare module "ws" {
  export default class WebSocket {
    constructor(url: string, options?: { headers: Record<string, string | undefined> });
    on(event: "open", listener: () => void): void;
    on(event: "message", listener: (message: { toString(): string }) => void): void;
    on(event: "error", listener: (error: Error) => void): void;
    send(text: string): void;
    close(): void;
  }
}
