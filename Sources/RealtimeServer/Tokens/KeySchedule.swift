/// When an issuer's keys are fetched; all in seconds.
struct KeySchedule: Sendable, Hashable {
    /// The keys are old after so long.
    var lifetime = 24 * 3600
    /// They are fetched in the background so long before that.
    var lead = 3600
    /// They are used no longer than this, if newer ones cannot be had.
    var longest = 7 * 24 * 3600
    /// The least time between two fetches. Anybody can send a token that names an unknown key.
    var pause = 30
    /// The least time between two fetches that only age asks for.
    var retry = 300

    static let standard = KeySchedule()
}
