//! Reads the server's offer and writes the answer of a test browser, line by line.

use std::collections::HashMap;
use std::net::SocketAddr;

/// What a browser takes out of an offer.
pub struct Offer {
    pub ufrag: String,
    pub pwd: String,
    pub udp: SocketAddr,
    pub tcp: SocketAddr,
    /// `mid` of each line that the server sends on: SSRC of its media and of its repairs.
    pub slots: HashMap<String, (u32, Option<u32>)>,
    pub text: String,
}

fn value<'a>(sdp: &'a str, prefix: &str) -> &'a str {
    sdp.lines()
        .find_map(|l| l.strip_prefix(prefix))
        .unwrap_or_else(|| panic!("no {prefix} in the offer"))
        .trim()
}

fn candidate(sdp: &str, protocol: &str, loopback: &str) -> SocketAddr {
    let found = sdp.lines().filter_map(|l| l.strip_prefix("a=candidate:")).find_map(|l| {
        let words: Vec<&str> = l.split_whitespace().collect();
        let is_it = words[2].eq_ignore_ascii_case(protocol) && words[4] == loopback;
        is_it.then(|| SocketAddr::new(loopback.parse().expect("address"), words[5].parse().expect("port")))
    });
    found.expect("a candidate on loopback")
}

impl Offer {
    pub fn parse(sdp: &str, over_ipv6: bool) -> Self {
        let loopback = if over_ipv6 { "::1" } else { "127.0.0.1" };
        let mut slots = HashMap::new();
        for section in sdp.split("\r\nm=").skip(1).filter(|s| s.contains("\r\na=sendonly")) {
            let mut ssrcs: Vec<u32> = Vec::new();
            for line in section.lines().filter_map(|l| l.strip_prefix("a=ssrc:")) {
                let ssrc = line.split(' ').next().and_then(|s| s.parse().ok()).expect("ssrc");
                if !ssrcs.contains(&ssrc) {
                    ssrcs.push(ssrc);
                }
            }
            slots.insert(value(section, "a=mid:").to_owned(), (ssrcs[0], ssrcs.get(1).copied()));
        }
        Self {
            ufrag: value(sdp, "a=ice-ufrag:").to_owned(),
            pwd: value(sdp, "a=ice-pwd:").to_owned(),
            udp: candidate(sdp, "udp", loopback),
            tcp: candidate(sdp, "tcp", loopback),
            slots,
            text: sdp.to_owned(),
        }
    }

    /// The answer of a browser with these credentials and certificate.
    pub fn answer(&self, ufrag: &str, pwd: &str, fingerprint: &str) -> String {
        let mut lines: Vec<String> = Vec::new();
        for line in self.text.lines() {
            let dropped = ["a=ssrc", "a=candidate", "a=end-of", "a=msid", "a=ice-lite", "a=ice-options"];
            if dropped.iter().any(|d| line.starts_with(d)) {
                continue;
            }
            lines.push(match line {
                "a=recvonly" => "a=sendonly".into(),
                "a=sendonly" => "a=recvonly".into(),
                l if l.starts_with("a=setup:") => "a=setup:active".into(),
                l if l.starts_with("a=ice-ufrag:") => format!("a=ice-ufrag:{ufrag}"),
                l if l.starts_with("a=ice-pwd:") => format!("a=ice-pwd:{pwd}"),
                l if l.starts_with("a=fingerprint:") => format!("a=fingerprint:sha-256 {fingerprint}"),
                l if l.starts_with("a=rid:") => l.replace(" recv", " send"),
                l if l.starts_with("a=simulcast:") => l.replace("recv ", "send "),
                l => l.to_owned(),
            });
        }
        lines.join("\r\n") + "\r\n"
    }
}
