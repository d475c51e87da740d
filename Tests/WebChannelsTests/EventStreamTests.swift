import Testing
import WebChannels

@Suite("Server-sent events")
struct EventStreamTests {
}
