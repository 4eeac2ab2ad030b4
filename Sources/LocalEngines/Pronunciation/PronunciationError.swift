/// A pronunciation dictionary could not be loaded. The description names the file and the remedy.
public struct PronunciationError: Error, Sendable, CustomStringConvertible {
    /// What went wrong.
    public struct Code: Sendable, Hashable {
        private let name: String

        /// There is no such file, or it cannot be read.
        public static let unreadableDictionary = Code(name: "unreadableDictionary")
        /// The file is not a JSON object of words and their phonemes.
        public static let malformedDictionary = Code(name: "malformedDictionary")
    }

    /// What went wrong.
    public var code: Code
    /// The path of the dictionary.
    public var file: String
    /// The error underneath, if there is one.
    public var cause: (any Error)?

    /// The file, what is wrong with it and what to do.
    public var description: String {
        let problem = code == .unreadableDictionary ? "cannot be read" : "is not a dictionary of phonemes"
        return "The pronunciation dictionary \(file) \(problem). Run `make setup` to fetch it."
    }
}
