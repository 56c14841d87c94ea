//! The certificate that the listener shows, which may change while it listens.
//!
//! Made by the binary, which also decides when another takes its place; asked by rustls once per
//! handshake. Connections that are open keep what they agreed on. Reads no file.

use super::front::TURN_PROTOCOL;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, crypto};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

/// What a certificate authority says when it looks whether a name is ours (RFC 8737 section 4).
const CHALLENGE_PROTOCOL: &[u8] = b"acme-tls/1";
/// Most names that are proved at once; a certificate of ours never has more.
const CHALLENGES_LIMIT: usize = 100;

/// The certificate of the listener.
pub struct ServedCertificate {
    shown: RwLock<Shown>,
    /// Certificates that prove a name to an ACME server, by that name.
    challenges: RwLock<HashMap<String, Arc<CertifiedKey>>>,
}

struct Shown {
    key: Arc<CertifiedKey>,
    strict: bool,
}

impl ServedCertificate {
    /// A listener that shows `key`. `strict`: browsers are told to insist on a good certificate
    /// from now on (HSTS); only for one that every browser knows.
    #[must_use]
    pub fn new(key: Arc<CertifiedKey>, strict: bool) -> Arc<Self> {
        Arc::new(Self { shown: RwLock::new(Shown { key, strict }), challenges: RwLock::default() })
    }

    /// Shows another from the next handshake on.
    pub fn replace(&self, key: Arc<CertifiedKey>, strict: bool) {
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Shown { key, strict };
    }

    /// Answers an ACME server that asks for `name`, until [`Self::end_challenges`].
    ///
    /// Returns false when too many names are being proved already.
    pub fn answer_challenge(&self, name: &str, key: Arc<CertifiedKey>) -> bool {
        let mut challenges = self.challenges.write().unwrap_or_else(PoisonError::into_inner);
        if challenges.len() >= CHALLENGES_LIMIT {
            return false;
        }
        challenges.insert(name.to_ascii_lowercase(), key);
        true
    }

    /// No name is being proved any more.
    pub fn end_challenges(&self) {
        self.challenges.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(crate) fn is_strict(&self) -> bool {
        self.shown.read().unwrap_or_else(PoisonError::into_inner).strict
    }
}

impl fmt::Debug for ServedCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServedCertificate").finish_non_exhaustive()
    }
}

impl ResolvesServerCert for ServedCertificate {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let asks_for_proof =
            hello.alpn().is_some_and(|mut offered| offered.any(|name| name == CHALLENGE_PROTOCOL));
        if asks_for_proof {
            let name = hello.server_name()?.to_ascii_lowercase();
            return self.challenges.read().unwrap_or_else(PoisonError::into_inner).get(&name).cloned();
        }
        Some(self.shown.read().unwrap_or_else(PoisonError::into_inner).key.clone())
    }
}

/// TLS 1.2 and 1.3 with the suites of aws-lc-rs; HTTP/2 and HTTP/1.1, and TURN by its name.
pub(crate) fn listener(certificate: Arc<ServedCertificate>) -> Arc<ServerConfig> {
    let provider = Arc::new(crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has suites for TLS 1.2 and 1.3")
        .with_no_client_auth()
        .with_cert_resolver(certificate);
    config.alpn_protocols =
        vec![b"h2".to_vec(), b"http/1.1".to_vec(), TURN_PROTOCOL.to_vec(), CHALLENGE_PROTOCOL.to_vec()];
    Arc::new(config)
}
