// Why there is no microphone. What is said of it to the user stands with the page's texts, by code.

/**
 * - `insecure`: browsers give sound only to pages from `https:` or this very computer.
 * - `denied`: the user, or who looks after the browser, does not allow it.
 * - `dismissed`: the question was closed without an answer, so it may be asked again.
 * - `missing`: there is none, or not that one.
 * - `busy`: the system or another app holds it.
 * - `lost`: it was unplugged, or taken away while it was used.
 * - `unsupported`: the browser can't do it.
 *
 * @typedef {"insecure" | "denied" | "dismissed" | "missing" | "busy" | "lost" | "unsupported" | "unknown"} Code
 */

export class MicrophoneError extends Error {
  /**
   * @param {Code} code
   * @param {string} [message] the browser's own words
   */
  constructor(code, message = code) {
    super(message);
    this.name = "MicrophoneError";
    this.code = code;
  }

  /**
   * @param {unknown} error of `getUserMedia`, or of what is done with its stream
   * @returns {MicrophoneError}
   */
  static from(error) {
    if (error instanceof MicrophoneError) return error;
    // Not all of them are an `Error`: some browsers have an `OverconstrainedError` of its own kind.
    const { name = "", message = String(error) } = /** @type {Partial<Error>} */ (error ?? {});
    // No browser has a name of its own for it, but Chromium has these words.
    const isDismissed = name === "NotAllowedError" && /dismiss/i.test(message);
    return new MicrophoneError(isDismissed ? "dismissed" : codes[name] ?? "unknown", message);
  }
}

/** @type {Record<string, Code>} */
const codes = {
  NotAllowedError: "denied",
  PermissionDeniedError: "denied",
  SecurityError: "insecure",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
  NotSupportedError: "unsupported",
  TypeError: "unsupported",
};
