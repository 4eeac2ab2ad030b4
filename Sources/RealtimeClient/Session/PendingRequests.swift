import RealtimeProtocol

/// The calls that wait for an answer of the service.
///
/// The service names the event that failed, but not the one that succeeded: an answer goes to the first request that
/// takes it.
struct PendingRequests {
    private struct Request {
        var eventID: String
        var accept: @Sendable (EventAssembly.Happening) -> Bool
        var fail: @Sendable (any Error) -> Void
    }

    private var requests: [Request] = []

    /// Adds a request whose answer, read by `read`, goes into `reply`.
    mutating func add<Answer>(
        _ eventID: String, to reply: Chunks<Answer>,
        read: @escaping @Sendable (EventAssembly.Happening) -> Answer?
    ) {
        let request = Request(
            eventID: eventID,
            accept: { happening in
                guard let answer = read(happening) else { return false }
                reply.append(answer)
                reply.finish()
                return true
            }, fail: { reply.finish(throwing: $0) })
        requests.append(request)
    }

    /// Gives an answer to the first that takes it; whether any did.
    mutating func answer(with happening: EventAssembly.Happening) -> Bool {
        guard let index = requests.firstIndex(where: { $0.accept(happening) }) else { return false }
        requests.remove(at: index)
        return true
    }

    /// Ends the request that an error is about; whether there is one.
    mutating func fail(with error: RealtimeError) -> Bool {
        guard let eventID = error.eventID, let index = requests.firstIndex(where: { $0.eventID == eventID }) else {
            return false
        }
        requests.remove(at: index).fail(ClientError(.serverError, error.message, error: error))
        return true
    }

    mutating func failAll(_ error: any Error) {
        for request in requests { request.fail(error) }
        requests = []
    }

    mutating func remove(_ eventID: String) { requests.removeAll { $0.eventID == eventID } }
}
