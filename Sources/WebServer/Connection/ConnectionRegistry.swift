internal import NIOCore
internal import Synchronization

/// The open connections of one endpoint.
///
/// Its lock is held for a few steps only, never while a channel is called.
final class ConnectionRegistry: Sendable {
    /// Why a connection is not served.
    enum Refusal {
        /// There are too many, or no more are wanted.
        case all
        /// Its address has too many.
        case address
        /// Too many are being told why they are not served; this one is not even told.
        case silent
    }

    /// How many connections may be told at a time why they are not served.
    private static let toldLimit = 64

    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var addresses: [String: Int] = [:]
        /// How many are being told why they are not served.
        var told = 0
        var isStopping = false
        var whenEmpty: EventLoopPromise<Void>?

        func refusal(from address: String?, _ limits: ConnectionLimits) -> Refusal? {
            guard !isStopping, channels.count < limits.connections else { return .all }
            guard let address, addresses[address, default: 0] >= limits.perAddress else { return nil }
            return .address
        }
    }

    private let state = Mutex(State())
    private let limits: ConnectionLimits

    init(limits: ConnectionLimits) {
        self.limits = limits
    }

    /// How many there are.
    var count: Int { state.withLock { $0.channels.count } }

    /// Adds a connection; nil: it is served.
    ///
    /// - Parameter address: the peer's; nil on a unix socket.
    func add(_ channel: any Channel, from address: String?) -> Refusal? {
        let refusal = state.withLock { state -> Refusal? in
            guard let refusal = state.refusal(from: address, limits) else {
                if let address { state.addresses[address, default: 0] += 1 }
                state.channels[ObjectIdentifier(channel)] = channel
                return nil
            }
            guard state.told < ConnectionRegistry.toldLimit else { return .silent }
            state.told += 1
            return refusal
        }
        switch refusal {
        case nil: channel.closeFuture.whenComplete { [weak self] _ in self?.remove(channel, from: address) }
        case .silent: break
        case .all, .address: channel.closeFuture.whenComplete { [weak self] _ in self?.wasTold() }
        }
        return refusal
    }

    private func wasTold() {
        state.withLock { $0.told -= 1 }
    }

    private func remove(_ channel: any Channel, from address: String?) {
        let promise = state.withLock { state -> EventLoopPromise<Void>? in
            state.channels[ObjectIdentifier(channel)] = nil
            if let address, let count = state.addresses[address] {
                state.addresses[address] = count > 1 ? count - 1 : nil
            }
            guard state.channels.isEmpty else { return nil }
            defer { state.whenEmpty = nil }
            return state.whenEmpty
        }
        promise?.succeed()
    }

    /// Lets running requests end and closes the other connections; takes no more.
    ///
    /// - Returns: a future that succeeds when all are closed.
    func stop(on loop: any EventLoop) -> EventLoopFuture<Void> {
        let promise = loop.makePromise(of: Void.self)
        let channels = state.withLock { state -> [any Channel] in
            state.isStopping = true
            if state.channels.isEmpty { return [] }
            state.whenEmpty = promise
            return Array(state.channels.values)
        }
        if channels.isEmpty { promise.succeed() }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
        return promise.futureResult
    }

    /// Closes what is left, whatever it is doing.
    func closeAll() {
        let channels = state.withLock { Array($0.channels.values) }
        for channel in channels { channel.close(promise: nil) }
    }
}
