package import GafferAuth

/// Who talks on a session that stays open, for as long as it may.
package protocol Authority: Sendable {
    /// Who it is; nil: its key is gone.
    ///
    /// Asked for every message of the client and for every batch that it is sent, so it has to be cheap: nothing reaches
    /// a session whose key was removed, without a list of sessions that somebody would have to keep.
    func principal() -> Principal?
}

/// Somebody who stays who it is while the connection lasts: a peer of a unix socket.
package struct FixedAuthority: Authority {
    private let fixed: Principal

    /// Makes an authority of a principal.
    package init(_ principal: Principal) {
        fixed = principal
    }

    package func principal() -> Principal? { fixed }
}
