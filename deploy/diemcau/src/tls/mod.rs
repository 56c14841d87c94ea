//! Where the listener's certificate comes from, and the task that keeps it good.
//!
//! Opened by `serve` once. Own files win, then ACME, then the local authority. A certificate that
//! cannot be used never replaces one that can; no change ends a connection.

mod acme;
mod allowed;
mod authority;
mod life;
mod names;
mod pair;
mod report;

#[cfg(test)]
mod tests;

pub use life::unix_now_s;
pub use pair::{Pair, Unusable};
pub use report::report;

use crate::config::{CertificateFiles, Config};
use crate::failure::causes;
use acme::Acme;
use authority::Authority;
use life::Life;
use names::Names;
use signalling_server::{LocalRoot, ServedCertificate};
use std::net::IpAddr;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::Signal;
use tracing::{error, info, warn};

/// Folder of certificates in the data folder.
const FOLDER: &str = "tls";
/// How often changed files are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// First pause after an authority did not give a certificate; each later one is twice as long.
const RETRY_FIRST_S: i64 = 60;
/// Longest such pause. Public authorities count failures by the hour.
const RETRY_LAST_S: i64 = 6 * 3600;
const DAY_S: i64 = 86_400;

enum Source {
    /// Files that somebody else replaces.
    Own {
        files: CertificateFiles,
        seen: Option<Stamp>,
    },
    Local(Box<Authority>),
    Acme {
        acme: Acme,
        failures: u32,
        retry_s: i64,
    },
}

/// What tells that files were replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp([(i64, i64, u64, u64); 2]);

impl Stamp {
    fn of(files: &CertificateFiles) -> Option<Self> {
        let one = |path: &Path| {
            let found = std::fs::metadata(path).ok()?;
            Some((found.mtime(), found.mtime_nsec(), found.ino(), found.size()))
        };
        Some(Self([one(&files.chain)?, one(&files.private_key)?]))
    }
}

/// The certificate of the listener and its source.
pub struct Certificates {
    pub served: Arc<ServedCertificate>,
    /// Root that people may install; only while the certificate comes from our own authority.
    pub local_root: Option<LocalRoot>,
    source: Source,
    names: Names,
    shown: Vec<u8>,
    life: Life,
    warned_s: Option<i64>,
}

impl Certificates {
    /// Finds or makes a certificate to start with.
    ///
    /// # Errors
    /// When there is none that can be used.
    pub fn open(config: &Config, data: &Path, own_addresses: &[IpAddr]) -> Result<Self, Unusable> {
        let (now_s, folder) = (unix_now_s(), folder(data));
        let names = Names::gather(config, own_addresses);
        if let Some(files) = &config.http.certificate {
            let seen = Stamp::of(files);
            let pair = Pair::read(files)?;
            let served = ServedCertificate::new(pair.key.clone(), !pair.is_self_signed());
            let source = Source::Own { files: files.clone(), seen };
            return Ok(Self::with(served, None, source, names, &pair));
        }
        let authority = Authority::open(&folder, &names, now_s)?;
        let pair = authority.server_pair(&names, now_s)?;
        let served = ServedCertificate::new(pair.key.clone(), false);
        let Some(setting) = config.http.acme.clone() else {
            let root = Some(authority.local_root());
            return Ok(Self::with(served, root, Source::Local(Box::new(authority)), names, &pair));
        };
        let acme = Acme::new(setting, config.http.acme_names(), folder, served.clone());
        let pair = acme.stored(now_s).unwrap_or(pair);
        served.replace(pair.key.clone(), pair.issuer != authority.root_name());
        let source = Source::Acme { acme, failures: 0, retry_s: now_s };
        // Served until the ACME authority has answered, hence of use to nobody's machine.
        Ok(Self::with(served, None, source, names, &pair))
    }

    fn with(
        served: Arc<ServedCertificate>,
        local_root: Option<LocalRoot>,
        source: Source,
        names: Names,
        pair: &Pair,
    ) -> Self {
        let shown = pair.leaf().to_vec();
        Self { served, local_root, source, names, shown, life: pair.life, warned_s: None }
    }

    /// Renews and reloads until it is dropped; at once when `hangup` (SIGHUP) comes.
    pub async fn keep(mut self, mut hangup: Signal) {
        let mut is_asked = false;
        loop {
            let now_s = unix_now_s();
            self.turn(now_s, is_asked).await;
            self.tell(unix_now_s());
            let pause = self.pause(unix_now_s());
            is_asked = tokio::select! {
                Some(()) = hangup.recv() => true,
                () = tokio::time::sleep(pause) => false,
            };
            if is_asked {
                info!("SIGHUP, looking at the certificate again");
            }
        }
    }

    /// Looks once. Files are small and local: reading them here keeps nobody waiting.
    async fn turn(&mut self, now_s: i64, is_asked: bool) {
        let is_due = now_s >= self.life.renewal_s();
        let next = match &mut self.source {
            Source::Own { files, seen } => {
                let stamp = Stamp::of(files);
                if stamp == *seen && !is_asked {
                    return;
                }
                *seen = stamp;
                Pair::read(files).map(|pair| (!pair.is_self_signed(), pair))
            }
            Source::Local(authority) if is_due || is_asked => {
                authority.server_pair(&self.names, now_s).map(|pair| (false, pair))
            }
            Source::Local(_) => return,
            Source::Acme { acme, failures, retry_s } => {
                let stored = acme.stored(now_s).filter(|pair| now_s < pair.life.renewal_s());
                match stored {
                    Some(pair) => Ok((true, pair)),
                    None if now_s < *retry_s && !is_asked => return,
                    None => match acme.obtain().await {
                        Ok(pair) => {
                            *failures = 0;
                            Ok((true, pair))
                        }
                        Err(failure) => {
                            let pause_s = retry_pause_s(*failures);
                            (*failures, *retry_s) = (*failures + 1, now_s + pause_s);
                            metrics::counter!("vc_tls_renewal_failures_total").increment(1);
                            let failure = format!("{failure}{}", causes(&failure));
                            warn!(failure, retry_s = pause_s, "no ACME certificate, keeping the old one");
                            return;
                        }
                    },
                }
            }
        };
        match next {
            Ok((is_strict, pair)) => self.show(&pair, is_strict),
            Err(failure) => {
                metrics::counter!("vc_tls_reload_failures_total").increment(1);
                error!(%failure, "new certificate cannot be used, keeping the old one");
            }
        }
    }

    fn show(&mut self, pair: &Pair, is_strict: bool) {
        if pair.leaf() == self.shown {
            return;
        }
        self.served.replace(pair.key.clone(), is_strict);
        self.shown = pair.leaf().to_vec();
        (self.life, self.warned_s) = (pair.life, None);
        info!(until = pair.life.last_day(), names = pair.names.join(","), "showing a new certificate");
    }

    /// Metric always, a line in the log once a day while the end is near.
    fn tell(&mut self, now_s: i64) {
        metrics::gauge!("vc_tls_certificate_expires_seconds").set(self.life.left_s(now_s) as f64);
        if !self.life.ends_soon(now_s) || self.warned_s.is_some_and(|warned_s| now_s < warned_s + DAY_S) {
            return;
        }
        self.warned_s = Some(now_s);
        let (until, days) = (self.life.last_day(), self.life.left_days(now_s));
        if self.life.holds(now_s) {
            warn!(until, days, "certificate ends soon");
        } else {
            error!(until, "certificate is not valid now, browsers refuse it");
        }
    }

    fn pause(&self, now_s: i64) -> Duration {
        let due_s = match &self.source {
            Source::Own { .. } => return LOOK_EVERY,
            Source::Local(_) => self.life.renewal_s(),
            Source::Acme { retry_s, .. } => self.life.renewal_s().max(*retry_s),
        };
        Duration::from_secs(u64::try_from(due_s - now_s).unwrap_or(0))
            .clamp(Duration::from_secs(1), LOOK_EVERY)
    }
}

/// How long to wait after `failures` failures before this one.
fn retry_pause_s(failures: u32) -> i64 {
    RETRY_FIRST_S.saturating_mul(1_i64 << failures.min(20)).min(RETRY_LAST_S)
}

/// Folder of certificates.
fn folder(data: &Path) -> PathBuf {
    data.join(FOLDER)
}
