import Foundation

/// misaki's dictionaries: words to phonemes in misaki's alphabet, some of them by part of speech.
struct Lexicon: Sendable {
    enum Entry: Sendable {
        case always(String)
        /// Keys are "DEFAULT", "NOUN", "VERB", "ADJ", "VBD", … and "None" (nothing follows).
        case byRole([String: String])
    }

    private var entries: [String: Entry]

    init(gold: String, silver: String) throws {
        entries = try Self.load(silver)
        entries.merge(try Self.load(gold)) { _, gold in gold }
    }

    /// Capitals matter where the dictionary says so ("Polish"); otherwise any spelling will do.
    func entry(_ word: String) -> Entry? {
        if let entry = entries[word] { return entry }
        let lower = word.lowercased()
        if let entry = entries[lower] { return entry }
        return entries[lower.prefix(1).uppercased() + lower.dropFirst()]
    }

    /// The phonemes of a word in the first of these roles it has, or its usual ones.
    func phonemes(_ word: String, roles: [String] = []) -> String? {
        switch entry(word) {
        case nil: return nil
        case .always(let phonemes): return phonemes
        case .byRole(let phonemes):
            for role in roles {
                if let chosen = phonemes[role] { return chosen }
            }
            return phonemes["DEFAULT"] ?? phonemes.min { $0.key < $1.key }?.value
        }
    }

    private static func load(_ file: String) throws -> [String: Entry] {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: file))
        } catch {
            throw PronunciationError(code: .unreadableDictionary, file: file, cause: error)
        }
        let json: Any
        do {
            json = try JSONSerialization.jsonObject(with: data)
        } catch {
            throw PronunciationError(code: .malformedDictionary, file: file, cause: error)
        }
        guard let words = json as? [String: Any] else {
            throw PronunciationError(code: .malformedDictionary, file: file)
        }
        var entries: [String: Entry] = [:]
        entries.reserveCapacity(words.count)
        for (word, value) in words {
            if let phonemes = value as? String {
                entries[word] = .always(phonemes)
            } else if let roles = value as? [String: Any] {
                // A null role means that the word is spelt in it: there is no sound to keep.
                entries[word] = .byRole(roles.compactMapValues { $0 as? String })
            }
        }
        return entries
    }
}
