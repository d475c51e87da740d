/// The text of server-sent events, by the HTML standard, section 9.2.
package struct EventStreamEncoder: Sendable {
    package init() {}
}
