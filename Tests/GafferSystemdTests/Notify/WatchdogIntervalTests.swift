import GafferSystemd
import Testing

@Suite struct WatchdogIntervalTests {
    @Test("Without WATCHDOG_USEC there is no watchdog")
    func none() {
        #expect(WatchdogInterval.current() == nil)
    }
}
