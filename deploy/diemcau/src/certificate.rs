//! The TLS certificate: reads one that somebody else issued, or makes a self-signed one once.
//!
//! Called by `config::surroundings` (can it be used?) and by `serve` (where is it?). Never
//! replaces a certificate that is still good: people have told their browsers to trust it.

use crate::config::CertificateFiles;
use crate::private_file;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, SanType};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

/// Why a certificate cannot be used, and which file is to blame.
#[derive(Debug, thiserror::Error)]
#[error("{}: {what}", path.display())]
pub struct Unusable {
    pub path: PathBuf,
    pub what: String,
}

fn unusable(path: &Path, what: impl std::fmt::Display) -> Unusable {
    Unusable { path: path.to_owned(), what: what.to_string() }
}

/// Reads both files and proves that they belong together.
///
/// # Errors
/// The file that cannot be read, is not PEM, or does not fit the other.
pub fn read(files: &CertificateFiles) -> Result<(), Unusable> {
    let chain_text = std::fs::read(&files.chain)
        .map_err(|error| unusable(&files.chain, format_args!("cannot be read ({error})")))?;
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&chain_text)
        .collect::<Result<_, _>>()
        .map_err(|error| unusable(&files.chain, format_args!("is not PEM ({error})")))?;
    if chain.is_empty() {
        return Err(unusable(&files.chain, "holds no certificate"));
    }
    let key_text = std::fs::read(&files.private_key)
        .map_err(|error| unusable(&files.private_key, format_args!("cannot be read ({error})")))?;
    let key = PrivateKeyDer::from_pem_slice(&key_text).map_err(|error| {
        unusable(&files.private_key, format_args!("holds no private key in PEM ({error})"))
    })?;
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    rustls::sign::CertifiedKey::from_der(chain, key, &provider)
        .map(drop)
        .map_err(|error| unusable(&files.private_key, format_args!("does not fit the certificate ({error})")))
}

/// The self-signed certificate of the data folder; made when it is not there or lacks a name.
///
/// `names` are host names and addresses beside `localhost`. A certificate that covers them all
/// is kept, so that a browser which trusts it goes on trusting it.
///
/// # Errors
/// When the files cannot be written or the stored ones cannot be used.
pub fn self_signed(folder: &Path, names: &[String]) -> Result<CertificateFiles, Unusable> {
    let files = CertificateFiles {
        chain: folder.join("certificate.pem"),
        private_key: folder.join("private-key.pem"),
    };
    let record = folder.join("names.txt");
    let mut wanted: Vec<String> = vec!["localhost".to_owned()];
    wanted
        .extend([IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)].map(|ip| ip.to_string()));
    wanted.extend(names.iter().cloned());
    wanted.sort();
    wanted.dedup();

    let covered = std::fs::read_to_string(&record).unwrap_or_default();
    let covers = |name: &String| covered.lines().any(|line| line == name);
    if files.chain.exists() && files.private_key.exists() && wanted.iter().all(covers) {
        read(&files)?;
        return Ok(files);
    }
    private_file::make_folder(folder)
        .map_err(|error| unusable(folder, format_args!("cannot be made ({error})")))?;
    make(&files, &wanted)?;
    private_file::write(&record, (wanted.join("\n") + "\n").as_bytes())
        .map_err(|error| unusable(&record, format_args!("cannot be written ({error})")))?;
    Ok(files)
}

fn make(files: &CertificateFiles, names: &[String]) -> Result<(), Unusable> {
    let whole = |error: rcgen::Error| unusable(&files.chain, format_args!("cannot be made ({error})"));
    let mut params = CertificateParams::new(Vec::<String>::new()).map_err(whole)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Diem Cau, self-signed");
    for name in names {
        params.subject_alt_names.push(match name.parse::<IpAddr>() {
            Ok(address) => SanType::IpAddress(address),
            Err(_) => SanType::DnsName(name.as_str().try_into().map_err(whole)?),
        });
    }
    // Ten years: the rcgen default runs to the year 4096, which some browsers distrust.
    let year = 1970
        + std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |since| i32::try_from(since.as_secs() / 31_556_952).unwrap_or(0));
    params.not_before = rcgen::date_time_ymd(year - 1, 1, 1);
    params.not_after = rcgen::date_time_ymd(year + 10, 1, 1);
    let key = KeyPair::generate().map_err(whole)?;
    let certificate = params.self_signed(&key).map_err(whole)?;
    private_file::write(&files.private_key, key.serialize_pem().as_bytes())
        .map_err(|error| unusable(&files.private_key, format_args!("cannot be written ({error})")))?;
    private_file::write(&files.chain, certificate.pem().as_bytes())
        .map_err(|error| unusable(&files.chain, format_args!("cannot be written ({error})")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_certificate_is_kept_until_a_name_is_missing() {
        let folder = std::env::temp_dir().join(format!("diemcau-tls-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let text = |files: &CertificateFiles| std::fs::read_to_string(&files.chain).expect("written");
        let name = |name: &str| vec![name.to_owned()];
        let first = text(&self_signed(&folder, &name("10.0.0.5")).expect("made"));
        assert_eq!(text(&self_signed(&folder, &name("10.0.0.5")).expect("kept")), first);
        assert_eq!(text(&self_signed(&folder, &[]).expect("kept")), first);
        let files = self_signed(&folder, &name("hop.example.vn")).expect("made anew");
        assert_ne!(text(&files), first);

        let other = self_signed(&folder.join("other"), &[]).expect("made");
        let mixed = CertificateFiles { chain: files.chain.clone(), private_key: other.private_key };
        assert!(read(&mixed).expect_err("not a pair").what.contains("does not fit"));
        std::fs::write(&files.chain, "no PEM").expect("written");
        assert!(read(&files).is_err());
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
