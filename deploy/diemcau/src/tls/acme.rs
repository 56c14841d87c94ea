//! A certificate from an ACME authority (RFC 8555), each name proved on our own listener
//! (TLS-ALPN-01, RFC 8737): no other port and no other program is needed.
//!
//! Called by the keeper when there is no good certificate or a third of its life is left. Account
//! and certificate lie in the data folder; never asks twice for what is there and good.

use super::authority::write;
use super::pair::{Pair, Unusable, unusable};
use crate::config::{AcmeSetting, CertificateFiles};
use crate::private_file;
use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, ChallengeType, Identifier, NewAccount, NewOrder, Order,
    OrderStatus, RetryPolicy,
};
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use serde::{Deserialize, Serialize};
use signalling_server::ServedCertificate;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tracing::info;

/// Longest that an authority may take for one certificate, proofs included.
const ORDER_TIME: Duration = Duration::from_secs(180);
const POLLS: RetryPolicy = RetryPolicy::new().timeout(Duration::from_secs(80));

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub enum AcmeFailure {
    #[error(transparent)]
    Authority(#[from] instant_acme::Error),
    #[error("the authority refused {name}: {why}")]
    Refused { name: String, why: instant_acme::Error },
    #[error("the authority refused the order")]
    OrderRefused,
    #[error("the authority offers no TLS-ALPN-01 proof for {0}")]
    NoChallenge(String),
    #[error("too many names are being proved")]
    TooManyNames,
    #[error("the authority did not finish in {} s", ORDER_TIME.as_secs())]
    TooSlow,
    #[error("certificate cannot be made: {0}")]
    Request(#[from] rcgen::Error),
    #[error("proof cannot be made: {0}")]
    Proof(#[from] rustls::Error),
    #[error(transparent)]
    File(#[from] Unusable),
}

/// Where certificates are asked for, and for which names.
pub struct Acme {
    setting: AcmeSetting,
    names: Vec<String>,
    folder: PathBuf,
    served: Arc<ServedCertificate>,
}

/// What is kept of an account; another directory needs another account.
#[derive(Serialize, Deserialize)]
struct StoredAccount {
    directory: String,
    credentials: AccountCredentials,
}

impl Acme {
    pub fn new(
        setting: AcmeSetting,
        names: Vec<String>,
        folder: PathBuf,
        served: Arc<ServedCertificate>,
    ) -> Self {
        Self { setting, names, folder, served }
    }

    /// The certificate of the data folder, when it is good for every name.
    pub fn stored(&self, now_s: i64) -> Option<Pair> {
        let pair = Pair::read(&files(&self.folder)).ok()?;
        let is_good = pair.life.holds(now_s) && self.names.iter().all(|name| pair.covers(name));
        is_good.then_some(pair)
    }

    /// Asks for a certificate and stores it.
    ///
    /// # Errors
    /// [`AcmeFailure`]; what is stored stays as it was.
    pub async fn obtain(&self) -> Result<Pair, AcmeFailure> {
        let asked = tokio::time::timeout(ORDER_TIME, self.ask()).await;
        self.served.end_challenges();
        let (chain, key) = asked.map_err(|_| AcmeFailure::TooSlow)??;
        let files = files(&self.folder);
        let pair = Pair::from_pem(chain.as_bytes(), key.as_bytes(), &files)?;
        write(&files, &chain, &key)?;
        Ok(pair)
    }

    async fn ask(&self) -> Result<(String, String), AcmeFailure> {
        let account = self.account().await?;
        let identifiers: Vec<_> = self.names.iter().cloned().map(Identifier::Dns).collect();
        let mut order = account.new_order(&NewOrder::new(&identifiers)).await?;
        self.prove(&mut order).await?;
        match order.poll_ready(&POLLS).await {
            Ok(OrderStatus::Ready) => {}
            Ok(_) => return Err(self.refusal(&mut order).await),
            Err(instant_acme::Error::Timeout(_)) => return Err(AcmeFailure::TooSlow),
            Err(error) => return Err(error.into()),
        }
        let key = KeyPair::generate()?;
        let request = CertificateParams::new(self.names.clone())?.serialize_request(&key)?;
        order.finalize_csr(request.der()).await?;
        let chain = order.poll_certificate(&POLLS).await?;
        Ok((chain, key.serialize_pem()))
    }

    /// Lets the listener answer for every name that the authority wants proved.
    async fn prove(&self, order: &mut Order) -> Result<(), AcmeFailure> {
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization?;
            if authorization.status == AuthorizationStatus::Valid {
                continue;
            }
            let name = authorization.identifier().to_string();
            let Some(mut challenge) = authorization.challenge(ChallengeType::TlsAlpn01) else {
                return Err(AcmeFailure::NoChallenge(name));
            };
            let proof = proof(&name, challenge.key_authorization().digest().as_ref())?;
            if !self.served.answer_challenge(&name, proof) {
                return Err(AcmeFailure::TooManyNames);
            }
            challenge.set_ready().await?;
        }
        Ok(())
    }

    /// What the authority says against the first name that it did not accept.
    async fn refusal(&self, order: &mut Order) -> AcmeFailure {
        let mut authorizations = order.authorizations();
        while let Some(Ok(mut authorization)) = authorizations.next().await {
            let name = authorization.identifier().to_string();
            let Ok(state) = authorization.refresh().await else { continue };
            let problem = state.challenges.iter().find_map(|challenge| challenge.error.clone());
            if let Some(problem) = problem {
                return AcmeFailure::Refused { name, why: problem.into() };
            }
        }
        AcmeFailure::OrderRefused
    }

    async fn account(&self) -> Result<Account, AcmeFailure> {
        // instant-acme takes the provider of the process; whoever set one before us set the same.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let builder = match &self.setting.root {
            Some(root) => Account::builder_with_root(root)?,
            None => Account::builder()?,
        };
        let path = self.folder.join("acme-account.json");
        let stored: Option<StoredAccount> =
            std::fs::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok());
        if let Some(stored) = stored.filter(|stored| stored.directory == self.setting.directory) {
            return Ok(builder.from_credentials(stored.credentials).await?);
        }
        let contact: Vec<String> = self.setting.contact.iter().map(|mail| format!("mailto:{mail}")).collect();
        let contact: Vec<&str> = contact.iter().map(String::as_str).collect();
        let wanted =
            NewAccount { contact: &contact, terms_of_service_agreed: true, only_return_existing: false };
        let directory = self.setting.directory.clone();
        let (account, credentials) = builder.create(&wanted, directory.clone(), None).await?;
        let text = serde_json::to_vec(&StoredAccount { directory, credentials })
            .map_err(instant_acme::Error::from)?;
        private_file::write(&path, &text)
            .map_err(|error| unusable(&path, format_args!("cannot be written ({error})")))?;
        info!(directory = self.setting.directory, "registered with the ACME authority");
        Ok(account)
    }
}

pub(super) fn files(folder: &std::path::Path) -> CertificateFiles {
    CertificateFiles { chain: folder.join("acme.pem"), private_key: folder.join("acme-key.pem") }
}

/// The certificate that proves `name` (RFC 8737 section 3): self-signed, with the digest inside.
fn proof(name: &str, digest: &[u8]) -> Result<Arc<CertifiedKey>, AcmeFailure> {
    let mut params = CertificateParams::new(vec![name.to_owned()])?;
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let key = provider.key_provider.load_private_key(key)?;
    // Not `from_der`: it reads the certificate and does not know the extension, which is critical.
    Ok(Arc::new(CertifiedKey::new(vec![certificate.der().clone()], key)))
}
