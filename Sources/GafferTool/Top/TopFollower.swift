internal import GafferClient
internal import GafferModel
internal import WebClient

/// The thread that tells which jobs something happens to.
final class TopFollower: @unchecked Sendable {
    // Sendable since the feed is handed over to the thread, which alone uses it.
    private let feed: EventFeed
    private let inbox: TopInbox

    init(_ feed: EventFeed, _ inbox: TopInbox) {
        self.feed = feed
        self.inbox = inbox
    }

    /// Follows until nothing more can come; goes on when gafferd is started again.
    func run() {
        while true {
            do throws(ClientError) {
                switch try feed.next(waiting: nil) {
                case .event(let event): inbox.post(Self.report(event))
                case .nothing: continue
                case .reconnected: inbox.post(.connected)
                case .lost(let error): inbox.post(.lost(error.message))
                case .end:
                    inbox.post(.lost("It ended the feed of events."))
                    feed.resume()
                }
            } catch {
                inbox.post(.failed(error))
                return
            }
        }
    }

    private static func report(_ event: ServerEvent) -> TopReport {
        let json = try? JSON(parsing: Array(event.data.utf8))
        guard event.event != "gap", let name = json?["name"]?.stringValue.flatMap({ try? JobName(parsing: $0) }) else {
            return .everythingChanged
        }
        return .changed([name])
    }
}
