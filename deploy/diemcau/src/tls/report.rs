//! What `check-config` says of the certificate: where it comes from, its names, its end.
//!
//! Makes and changes nothing. Warnings never keep a server from starting: one with an expired
//! certificate can still be looked at, one that is down cannot.

use super::acme;
use super::authority::Authority;
use super::names::Names;
use super::pair::Pair;
use crate::config::Config;
use media_server::MediaConfig;
use std::path::Path;

/// One line on the certificate, and what somebody should look at.
pub struct Report {
    pub says: String,
    pub warnings: Vec<String>,
}

/// Looks at the certificate that `config` leads to.
pub fn report(config: &Config, now_s: i64) -> Report {
    let mut warnings = Vec::new();
    let says = match (&config.http.certificate, &config.http.acme) {
        (Some(files), _) => match Pair::read(files) {
            Ok(pair) => of_pair(&pair, &files.chain, &config.http.names, now_s, &mut warnings),
            // Told as a problem before.
            Err(failure) => failure.to_string(),
        },
        (None, Some(setting)) => {
            let names = config.http.acme_names();
            let files = acme::files(&super::folder(&config.data));
            match Pair::read(&files) {
                Ok(pair) => of_pair(&pair, &files.chain, &names, now_s, &mut warnings),
                Err(_) => format!("ACME, {}, for {}: none yet", setting.directory, names.join(", ")),
            }
        }
        (None, None) => of_authority(config, now_s, &mut warnings),
    };
    Report { says, warnings }
}

fn of_pair(pair: &Pair, path: &Path, names: &[String], now_s: i64, warnings: &mut Vec<String>) -> String {
    let (place, until) = (path.display(), pair.life.last_day());
    if !pair.life.holds(now_s) {
        warnings
            .push(format!("certificate {place} is not valid now, it ends on {until}; browsers refuse it"));
    } else if pair.life.ends_soon(now_s) {
        warnings.push(format!("certificate {place} ends in {} days, on {until}", pair.life.left_days(now_s)));
    }
    for name in names.iter().filter(|name| !pair.covers(name)) {
        warnings.push(format!("certificate {place} does not cover {name}, which stands in http.names"));
    }
    format!("{place}, for {}, until {until}", pair.names.join(", "))
}

fn of_authority(config: &Config, now_s: i64, warnings: &mut Vec<String>) -> String {
    let own_addresses = MediaConfig::default().advertised_addresses().unwrap_or_default();
    let names = Names::gather(config, &own_addresses);
    match Authority::look(&super::folder(&config.data)) {
        Ok(None) => "an authority of our own, made at the first start".to_owned(),
        Ok(Some(authority)) => {
            if let Some(why) = authority.unfit(&names, now_s) {
                warnings.push(format!("{why}; a new one will be made, everybody has to install it"));
            }
            let (name, until) = (authority.local_root().name, authority.root_life().last_day());
            format!("an authority of our own, {name}, root until {until}")
        }
        Err(failure) => {
            warnings.push(format!("certificate {failure}"));
            "an authority of our own that cannot be used".to_owned()
        }
    }
}
