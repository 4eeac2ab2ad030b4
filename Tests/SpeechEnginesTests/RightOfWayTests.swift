import SpeechEngines
import Synchronization
import Testing

@Suite("Right of way") struct RightOfWayTests {
    private let way = RightOfWay(cores: 1)

    @Test("who is waited for begins at once, whoever else is waited for")
    func wanted() async {
        let answers = (0..<3).map { _ in way.claim(isWanted: true) }
        for answer in answers { await way.begin(answer) }
    }

    @Test("what nobody waits for yet begins at once while nobody waits")
    func early() async { await way.begin(way.claim(isWanted: false)) }

    @Test(
        "what nobody waits for yet begins when the other sounds or ends, when it is wanted, or when it is given up",
        arguments: ["sounds", "ends", "wanted", "cancelled", "over"])
    func yields(reason: String) async {
        let live = way.claim(isWanted: true)
        let early = way.claim(isWanted: false)
        let hasBegun = Flag()
        let task = Task { [way] in
            await way.begin(early)
            hasBegun.set()
        }
        for _ in 0..<200 { await Task.yield() }  // every chance to begin
        #expect(!hasBegun.isSet)
        switch reason {
        case "sounds": way.sound(live)
        case "ends": way.end(live)
        case "wanted": way.want(early)
        case "cancelled": task.cancel()
        default: way.end(early)
        }
        await task.value
        #expect(hasBegun.isSet)
    }

    private final class Flag: Sendable {
        private let value = Mutex(false)
        var isSet: Bool { value.withLock { $0 } }
        func set() { value.withLock { $0 = true } }
    }
}
