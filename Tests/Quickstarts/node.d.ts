// What the quickstart uses of Node and of ws, where their own declarations are not installed.
declare const process: { env: Record<string, string | undefined> };
declare const Buffer: { from(text: string, encoding: "base64"): { length: number } };
declare module "node:child_process" {
  export function execFileSync(file: string, arguments_: string[]): { toString(): string };
}
declare module "ws" {
  class WebSocket {
    constructor(url: string, options: { headers: Record<string, string> });
    on(event: "open", listener: () => void): void;
    on(event: "message", listener: (message: { toString(): string }) => void): void;
    send(text: string): void;
    close(): void;
  }
  export = WebSocket;
}
