//! Settings of the certificate: files of one's own, or an ACME authority.
//!
//! Read by `config::read`. Whether files are there and good is asked in `surroundings`.

use super::reader::Reader;
use std::net::IpAddr;
use std::path::PathBuf;

/// PEM files of a certificate that somebody else issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The certificate, then those of its issuers.
    pub chain: PathBuf,
    pub private_key: PathBuf,
}

/// An authority that issues certificates by ACME (RFC 8555).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcmeSetting {
    /// URL of its directory.
    pub directory: String,
    /// Mail address that the authority may write to.
    pub contact: Option<String>,
    /// PEM root by which the directory itself is believed; `None`: those of the system.
    pub root: Option<PathBuf>,
}

pub(super) fn files(reader: &mut Reader<'_>) -> Option<CertificateFiles> {
    let chain = reader.text("http.certificate", "");
    let private_key = reader.text("http.private_key", "");
    match (chain.is_empty(), private_key.is_empty()) {
        (true, true) => None,
        (false, false) => Some(CertificateFiles { chain: chain.into(), private_key: private_key.into() }),
        (chain_missing, _) => {
            let (there, missing) = if chain_missing {
                ("http.private_key", "http.certificate")
            } else {
                ("http.certificate", "http.private_key")
            };
            reader.refuse(
                there,
                format!("{missing} is missing"),
                "set both, or neither for a certificate of our own authority",
            );
            None
        }
    }
}

/// `has_files`: a certificate of one's own is set, so that nobody has to be asked.
pub(super) fn acme(reader: &mut Reader<'_>, names: &[String], has_files: bool) -> Option<AcmeSetting> {
    let directory = reader.text("acme.directory", "");
    let contact = reader.text("acme.contact", "");
    let root = reader.text("acme.root", "");
    if directory.is_empty() {
        return None;
    }
    if !directory.starts_with("https://") {
        reader.refuse("acme.directory", "is no https:// address", "write the URL of the ACME directory");
        return None;
    }
    if has_files {
        let what = "http.certificate is set as well";
        reader.refuse("acme.directory", what, "keep one of the two");
        return None;
    }
    if host_names(names).is_empty() {
        let what = "there is no host name to ask a certificate for";
        reader.refuse("acme.directory", what, "write the name of this server into http.names");
        return None;
    }
    if !contact.is_empty() && !contact.contains('@') {
        let what = format!("\"{}\" is no mail address", contact.escape_debug());
        reader.refuse("acme.contact", what, "write it like \"quantri@example.gov.vn\" or leave it empty");
    }
    let given = |text: String| (!text.is_empty()).then_some(text);
    Some(AcmeSetting { directory, contact: given(contact), root: given(root).map(PathBuf::from) })
}

/// The host names among names and addresses.
pub(super) fn host_names(names: &[String]) -> Vec<String> {
    names.iter().filter(|name| name.parse::<IpAddr>().is_err()).map(|name| name.to_lowercase()).collect()
}
