// As much of the rules as those of a handshake look at, so that the fuzzers need not build what verifies tokens.

struct AccessRules: Sendable {
    var origins = OriginRule()
    var tokens: (any TokenVerifying)? { nil }
}
