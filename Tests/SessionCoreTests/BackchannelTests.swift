import Testing

@testable import SessionCore

@Suite("Backchannels") struct BackchannelTests {
    @Test(
        "nods take no turn, words do",
        arguments: [
            ("", true), ("Mm-hm.", true), ("Right, right.", true), ("Yeah, okay. I see!", true),
            ("Oh, that’s right.", true),
            ("Thank you.", true), ("Uh", true), ("Stop.", false), ("No", false), ("Yeah, but wait.", false),
            ("I see a ship.", false), ("Right there?", false), ("Hör auf", false), ("5", false),
        ])
    func nods(text: String, isNod: Bool) { #expect(Backchannel.isAll(of: text) == isNod) }
}
