import Foundation

/// Keeps strings alive as C reads them, for the life of a configuration that points at them.
final class CStrings {
    private var strings: [UnsafeMutablePointer<CChar>] = []

    deinit { for string in strings { free(string) } }

    /// `string` for C, until this object goes; `nil` stays `nil`, and so does a string there is no memory for.
    func callAsFunction(_ string: String?) -> UnsafePointer<CChar>? {
        guard let string, let copy = strdup(string) else { return nil }
        strings.append(copy)
        return UnsafePointer(copy)
    }
}
