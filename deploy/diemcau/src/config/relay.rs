//! Settings of the relay between nodes: where other nodes may connect, which are called, and whose
//! certificates are believed.
//!
//! Called by `config::read` once the media processes are known. Whether the port is free and the files
//! are good is asked in `surroundings`.

use super::CertificateFiles;
use super::reader::Reader;
use media_server::Fingerprint;
use std::net::SocketAddr;

/// Most nodes that are called; the endpoint has room for 48 connections in all.
const MAX_PEERS: usize = 16;
/// Most certificates that are believed.
const MAX_TRUSTED: usize = 64;

/// How this node speaks with others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relay {
    /// Where other nodes may connect.
    pub listen: Option<SocketAddr>,
    /// Nodes that are called, again and again until they answer.
    pub peers: Vec<SocketAddr>,
    /// SHA-256 of the certificates that are believed.
    pub trusted: Vec<Fingerprint>,
    /// `None`: a certificate of our own making, in the data folder.
    pub certificate: Option<CertificateFiles>,
}

/// `None` when nobody is listened to or called.
pub(super) fn relay(reader: &mut Reader<'_>, processes: u16) -> Option<Relay> {
    let listen = reader.text("relay.listen", "");
    let listen = (!listen.is_empty()).then(|| address(reader, "relay.listen", &listen)).flatten();
    let named = reader.list("relay.peers");
    let peers: Vec<_> = named.iter().filter_map(|peer| address(reader, "relay.peers", peer)).collect();
    if peers.len() > MAX_PEERS {
        let what = format!("{} nodes are named", peers.len());
        reader.refuse("relay.peers", what, format!("name at most {MAX_PEERS}; the others can call this one"));
    }
    let trusted = trusted(reader);
    let certificate = certificate(reader);
    if listen.is_none() && peers.is_empty() {
        let is_quiet = trusted.is_empty() && certificate.is_none();
        // An address that cannot be read was complained about already.
        let was_refused = reader.refused.contains("relay.listen") || reader.refused.contains("relay.peers");
        if !is_quiet && !was_refused {
            let setting = if trusted.is_empty() { "relay.certificate" } else { "relay.trusted" };
            let what = "no node is listened to or called";
            reader.refuse(setting, what, "set relay.listen, relay.peers or both, or leave it empty");
        }
        return None;
    }
    if trusted.is_empty() && !reader.refused.contains("relay.trusted") {
        let setting = if listen.is_some() { "relay.listen" } else { "relay.peers" };
        let what = "nobody is believed, relay.trusted is empty";
        let remedy = "write there what `diemcau relay identity` prints on the other node";
        reader.refuse(setting, what, remedy);
    }
    if processes > 0 {
        let what = format!("the relay between nodes needs one media process, {} are set", processes + 1);
        reader.refuse(
            "media.processes",
            what,
            "set media.processes = 0, with as many shards as there are cores",
        );
    }
    Some(Relay { listen, peers, trusted, certificate })
}

fn address(reader: &mut Reader<'_>, path: &'static str, text: &str) -> Option<SocketAddr> {
    let read = text.parse::<SocketAddr>().ok().filter(|address| address.port() != 0);
    if read.is_none() {
        let what = format!("\"{}\" is no address with a port", text.escape_debug());
        reader.refuse(path, what, "write it like \"10.20.0.6:8500\" or \"[2001:db8::6]:8500\"");
    }
    read
}

fn trusted(reader: &mut Reader<'_>) -> Vec<Fingerprint> {
    let mut trusted = Vec::new();
    for text in reader.list("relay.trusted") {
        let digits: String = text.chars().filter(|c| *c != ':').collect();
        let mut sum = [0; 32];
        if hex::decode_to_slice(&digits, &mut sum).is_ok() {
            trusted.push(Fingerprint(sum));
        } else {
            let what = format!("\"{}\" is no SHA-256 of a certificate", text.escape_debug());
            let remedy =
                "write the 64 hexadecimal digits that `diemcau relay identity` prints on the other node";
            reader.refuse("relay.trusted", what, remedy);
        }
    }
    if trusted.len() > MAX_TRUSTED {
        let what = format!("{} certificates are named", trusted.len());
        reader.refuse("relay.trusted", what, format!("name at most {MAX_TRUSTED}"));
    }
    trusted
}

fn certificate(reader: &mut Reader<'_>) -> Option<CertificateFiles> {
    let chain = reader.text("relay.certificate", "");
    let private_key = reader.text("relay.private_key", "");
    match (chain.is_empty(), private_key.is_empty()) {
        (true, true) => None,
        (false, false) => Some(CertificateFiles { chain: chain.into(), private_key: private_key.into() }),
        (chain_missing, _) => {
            let (there, missing) = if chain_missing {
                ("relay.private_key", "relay.certificate")
            } else {
                ("relay.certificate", "relay.private_key")
            };
            let remedy = "set both, or neither for a certificate of our own making";
            reader.refuse(there, format!("{missing} is missing"), remedy);
            None
        }
    }
}
