/// The pages that the protocol prescribes to the letter.
enum SockJSPages {
    /// What the service says of itself.
    static let greeting = "Welcome to SockJS!\n"

    /// The page that a client loads into a hidden frame, to ask us from our own origin.
    static func frame(clientURL: String) -> String {
        """
        <!DOCTYPE html>
        <html>
        <head>
          <meta http-equiv="X-UA-Compatible" content="IE=edge" />
          <meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
          <script>
            document.domain = document.domain;
            _sockjs_onload = function(){SockJS.bootstrap_iframe();};
          </script>
          <script src="\(attribute(clientURL))"></script>
        </head>
        <body>
          <h2>Don't panic!</h2>
          <p>This is a SockJS hidden iframe. It's used for cross domain magic.</p>
        </body>
        </html>
        """
    }

    /// The beginning of the page whose scripts are the frames of a session.
    static func stream(callback: String) -> String {
        """
        <!doctype html>
        <html><head>
          <meta http-equiv="X-UA-Compatible" content="IE=edge" />
          <meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
        </head><body><h2>Don't panic!</h2>
          <script>
            document.domain = document.domain;
            var c = parent.\(callback);
            c.start();
            function p(d) {c.message(d);};
            window.onload = function() {c.stop();};
          </script>
        """
    }

    /// A name for the content, which is another for other content.
    static func entityTag(of content: String) -> String {
        // FNV-1a: it has to tell two configurations apart, not to withstand anybody.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in content.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return "\"\(String(hash, radix: 16))\""
    }

    private static func attribute(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\"": escaped += "&quot;"
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
