internal import GafferConfig

/// What a new configuration changes of the endpoints: pure.
struct EndpointDifference {
    /// To be opened.
    var added: [EndpointConfig] = []
    /// To be served otherwise, on the socket that listens already.
    var changed: [EndpointConfig] = []
    /// To be closed, by name.
    var removed: [String] = []
    /// Served as they were; their certificates may be new.
    var kept: [EndpointConfig] = []

    init(from old: [EndpointConfig], to new: [EndpointConfig]) {
        let known = Dictionary(old.map { ($0.name, $0) }) { first, _ in first }
        for endpoint in new {
            guard let before = known[endpoint.name] else {
                added.append(endpoint)
                continue
            }
            if before == endpoint {
                kept.append(endpoint)
            } else if before.address == endpoint.address {
                changed.append(endpoint)
            } else {
                removed.append(endpoint.name)
                added.append(endpoint)
            }
        }
        let names = Set(new.map(\.name))
        removed += old.map(\.name).filter { !names.contains($0) }
    }

    /// Whether nothing is to be opened, closed or served otherwise.
    var isEmpty: Bool { added.isEmpty && changed.isEmpty && removed.isEmpty }
}
