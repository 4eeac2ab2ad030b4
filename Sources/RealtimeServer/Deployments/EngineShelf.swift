public import SpeechEngines
import Synchronization

/// The engines of a server, each loaded once for all deployments that need it. What no deployment needs any more is let go
/// of, and is gone when the last session with it has ended.
public final class EngineShelf: Sendable {
    /// How far engines are.
    public enum State: Sendable {
        /// Being loaded.
        case loading
        /// Ready to answer.
        case ready(Cascade)
        /// Not to be had; why.
        case failed(String)
    }

    /// The server's own engines are under no name.
    public typealias Name = ServerConfiguration.Preset?

    private let engines = Mutex<[Name: State]>([:])

    /// An empty shelf.
    public init() {}

    /// How far engines are; those that nobody has asked for will be loaded.
    public subscript(name: Name) -> State { engines.withLock { $0[name] ?? .loading } }

    /// Puts engines there.
    public func put(_ state: State, for name: Name) { engines.withLock { $0[name] = state } }

    /// Loads what is wanted and not there, one after another, and lets go of what is not wanted.
    ///
    /// - Parameter load: makes engines.
    public func keep(_ wanted: Set<ServerConfiguration.Preset>, load: (Name) async throws -> Cascade) async {
        let names = Set(wanted.map(Name.some) + [nil])
        let missing = engines.withLock { engines in
            engines = engines.filter { names.contains($0.key) }
            return names.filter { name in
                if case .ready? = engines[name] { false } else { true }
            }
        }
        for name in missing.sorted(by: { ($0?.rawValue ?? "") < ($1?.rawValue ?? "") }) {
            put(.loading, for: name)
            do {
                put(.ready(try await load(name)), for: name)
            } catch {
                put(.failed("\(error)"), for: name)
            }
        }
    }
}
