//! Settings of media through the HTTPS port, for networks that let nothing else pass.
//!
//! Called by `config::read` once the port of HTTPS is known.

use super::reader::Reader;
use std::net::IpAddr;

/// How browsers reach media through the HTTPS port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverHttps {
    /// The port as browsers see it, for ICE over TCP.
    pub port: u16,
    /// Where TURN is, when it is not where the pages come from.
    pub relay_url: Option<String>,
}

/// `None` when it is switched off.
pub(super) fn over_https(reader: &mut Reader<'_>, http_port: u16) -> Option<OverHttps> {
    let is_on = reader.word("media.over_https", &[("on", true), ("off", false)], true);
    let port = match reader.number("media.https_port", 0..=u16::MAX, 0) {
        0 => http_port,
        port => port,
    };
    let relay_url = relay_url(reader, port);
    is_on.then_some(OverHttps { port, relay_url })
}

fn relay_url(reader: &mut Reader<'_>, port: u16) -> Option<String> {
    let host = reader.text("media.relay_host", "");
    if host.is_empty() {
        return None;
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    let written = match host.parse::<IpAddr>() {
        Ok(IpAddr::V6(v6)) => Some(format!("[{v6}]")),
        Ok(IpAddr::V4(v4)) => Some(v4.to_string()),
        Err(_) if host.len() <= 253 && host.chars().all(is_name) => Some(host.clone()),
        Err(_) => None,
    };
    let Some(written) = written else {
        let what = format!("\"{}\" is no host name", host.escape_debug());
        let remedy = "write it like \"media.example.gov.vn\", without turns: and port";
        reader.refuse("media.relay_host", what, remedy);
        return None;
    };
    Some(format!("turns:{written}:{port}?transport=tcp"))
}
