import AudioDSP
import Foundation

/// Talks to servers and reports what came of it.
public struct Bench: Sendable {
    /// How a benchmark is done.
    public struct Plan: Sendable {
        /// What is said, in this order; each session begins elsewhere.
        public var utterances: [Utterance]
        /// How the servers are spoken to.
        public var wire = Wire()
        /// How often each session says everything.
        public var rounds = 3
        /// How often each session interrupts an answer, after the rounds.
        public var interruptions = 0
        /// How long an answer is heard before it is interrupted.
        public var interruptAfter = Duration.milliseconds(600)
        /// Instead of turns: how long sound goes both ways at once.
        public var duplex: Duration?
        /// Tokens a second under which a run is disturbed; `nil` for a language model without such a bar.
        public var leastDecoding: Double?
        /// Whether the speed of the language model is measured at all.
        public var measuresDecoding = true

        /// A plan in which this is said.
        public init(_ utterances: [Utterance]) { self.utterances = utterances }
    }

    /// The servers. What is said to one is said to the next before anything else is said, so that they share the weather.
    public var targets: [Target]
    /// How.
    public var plan: Plan
    /// Told what is going on, in words.
    public var tell: @Sendable (String) -> Void

    /// Between the starts of sessions.
    private static let stagger = Duration.seconds(2)
    /// The most that the benchmark itself may take of a core: more slows down what it measures.
    private static let ownShare = 0.05

    /// A benchmark of servers.
    public init(_ targets: [Target], _ plan: Plan, tell: @escaping @Sendable (String) -> Void) {
        self.targets = targets
        self.plan = plan
        self.tell = tell
    }

    /// Talks with so many sessions at once.
    ///
    /// - Returns: a run for each server.
    public func run(sessions: Int) async throws -> [BenchRun] {
        var runs = targets.map { BenchRun(target: $0.name, sessions: sessions) }
        try await measureDecoding(&runs)
        for round in 0..<plan.rounds {
            for index in targets.indices {
                try await measure(&runs[index], targets[index]) { talk, session in
                    try await talk.hold(steps(session, of: sessions, round))
                }
                let times = Distribution(runs[index].counted.compactMap(\.voiceToVoice))
                tell(
                    "\(targets[index].name), \(sessions) at once, round \(round + 1) of \(plan.rounds): voice-to-voice"
                        + " p50 so far \(times[0.5].map { "\(Int($0)) ms" } ?? "unknown")")
            }
        }
        for index in targets.indices {
            runs[index].steps = await Waterfall.steps(of: targets[index], answers: runs[index].turns.count)
        }
        if plan.interruptions > 0 {
            for index in targets.indices {
                try await measure(&runs[index], targets[index], style: .endless) { talk, session in
                    try await talk.hold(interruptions(session, of: sessions))
                }
            }
        }
        if let duration = plan.duplex {
            for index in targets.indices {
                tell("\(targets[index].name), \(sessions) at once: sound both ways for \(duration)")
                try await measure(&runs[index], targets[index]) { talk, _ in try await talk.duplex(duration) }
            }
        }
        try await measureDecoding(&runs)
        for index in runs.indices { runs[index].disturbances = disturbances(of: runs[index]) }
        return runs
    }

    /// Finds how many sessions keep a limit: p95 voice-to-voice, in milliseconds.
    public func knee(
        limit: Double, most: Int, _ report: (BenchRun) -> Void
    ) async throws -> BenchResult.Knee {
        func keeps(_ sessions: Int) async throws -> Bool {
            for run in try await run(sessions: sessions) {
                report(run)
                let times = Distribution(run.counted.compactMap(\.voiceToVoice))
                guard let p95 = times[0.95], p95 <= limit, run.counted.count * 20 >= run.turns.count * 19 else {
                    return false
                }
            }
            return true
        }
        var good = 0
        var bad = 1
        while bad <= most, try await keeps(bad) { (good, bad) = (bad, bad * 2) }
        guard bad <= most else { return BenchResult.Knee(limit: limit, sessions: good, wasPassed: false) }
        while bad - good > 1 {
            let middle = (good + bad) / 2
            if try await keeps(middle) { good = middle } else { bad = middle }
        }
        return BenchResult.Knee(limit: limit, sessions: good, wasPassed: true)
    }

    // MARK: What is said

    private func steps(_ session: Int, of sessions: Int, _ round: Int) -> [User.Step] {
        rotated(by: session * plan.utterances.count / sessions + round).map { User.Step(utterance: $0) }
    }

    private func interruptions(_ session: Int, of sessions: Int) -> [User.Step] {
        let utterances = rotated(by: session * plan.utterances.count / sessions)
        return (0...plan.interruptions).map { number in
            User.Step(
                utterance: utterances[number % utterances.count],
                interruptsAfter: number == 0 ? nil : plan.interruptAfter)
        }
    }

    private func rotated(by count: Int) -> [Utterance] {
        let first = count % plan.utterances.count
        return Array(plan.utterances[first...] + plan.utterances[..<first])
    }

    // MARK: What is measured

    private func measure(
        _ run: inout BenchRun, _ target: Target, style: Talk.Style = .brief,
        hold: @escaping @Sendable (Talk, _ session: Int) async throws -> Talk.Outcome
    ) async throws {
        let metronome = Metronome()
        let round = run.turns.map(\.round).max().map { $0 + 1 } ?? 0
        let memory = target.process.flatMap(Machine.megabytes)
        let own = Machine.ownSeconds
        let served = target.process.flatMap(Machine.seconds)
        let busy = Machine.busySeconds
        let talk = Talk(target: target, wire: plan.wire, metronome: metronome, style: style)
        // With many sessions all begin within the time of an utterance or two.
        let stagger = min(Self.stagger, .seconds(8) / run.sessions)
        let outcomes = try await withThrowingTaskGroup(of: (Int, Talk.Outcome)?.self) { group in
            group.addTask {
                try await metronome.run()
                return nil
            }
            for session in 0..<run.sessions {
                group.addTask {
                    try await Task.sleep(for: stagger * session)
                    return (session, try await hold(talk, session))
                }
            }
            var outcomes: [(Int, Talk.Outcome)] = []
            while outcomes.count < run.sessions, let outcome = try await group.next() {
                if let outcome { outcomes.append(outcome) }
            }
            group.cancelAll()
            return outcomes.sorted { $0.0 < $1.0 }
        }
        run.seconds += metronome.now.milliseconds / 1000
        run.ownSeconds += Machine.ownSeconds - own
        if let served, let now = target.process.flatMap(Machine.seconds) {
            run.serverSeconds = (run.serverSeconds ?? 0) + now - served
        }
        if let busy, let now = Machine.busySeconds { run.busySeconds = (run.busySeconds ?? 0) + now - busy }
        if let memory, let (now, most) = target.process.flatMap(Machine.megabytes) {
            run.memory = BenchRun.Memory(before: run.memory?.before ?? memory.now, now: now, most: most)
        }
        let lateness = Distribution(outcomes.flatMap { $0.1.lateness.map(\.milliseconds) })
        run.lateP95 = max(run.lateP95, lateness[0.95] ?? 0)
        run.lateMost = max(run.lateMost, lateness[1] ?? 0)
        run.microphoneSeconds += Double(lateness.values.count) * Utterance.tick.milliseconds / 1000
        run.soundMessages += outcomes.reduce(0) { $0 + $1.1.soundMessages }
        run.silence = outcomes.first?.1.silence ?? run.silence
        for (session, outcome) in outcomes {
            for turn in outcome.turns {
                if turn.interrupts {
                    run.interruptions.append(turn.interruption(session: session, round: round))
                } else if style.longestAnswer == Talk.Style.brief.longestAnswer {
                    run.turns.append(turn.record(session: session, round: round))
                }
            }
        }
    }

    private func measureDecoding(_ runs: inout [BenchRun]) async throws {
        guard plan.measuresDecoding else { return }
        for index in targets.indices {
            do {
                runs[index].decoding.append(try await DecodingSpeed.measure(targets[index], plan.wire))
            } catch let error as CancellationError {
                throw error
            } catch {
                tell("\(targets[index].name): the language model's speed could not be measured: \(error)")
                runs[index].decoding.append(nil)
            }
            let speed = runs[index].decoding.last.flatMap(\.self).map { "\(Report.number($0)) tokens/s" }
            tell("\(targets[index].name): decoding alone \(speed ?? "unknown")")
        }
    }

    private func disturbances(of run: BenchRun) -> [String] {
        var reasons: [String] = []
        if let least = plan.leastDecoding {
            if run.decoding.contains(nil) {
                reasons.append("decoding could not be measured")
            } else if let slowest = run.decoding.compactMap(\.self).min(), slowest < least {
                reasons.append("decoding \(Report.number(slowest)) tokens/s, under \(Report.number(least))")
            }
        }
        if plan.duplex == nil, run.ownShare > Self.ownShare {
            reasons.append("the benchmark itself took \(Report.number(run.ownShare * 100)) % of a core")
        }
        if let others = run.othersShare, others > 0.1 {
            reasons.append("others on the machine took \(Report.number(others * 100)) % of a core")
        }
        return reasons
    }
}
