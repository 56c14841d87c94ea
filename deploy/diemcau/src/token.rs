//! `diemcau token`: lets one person, or one room, into one conference without an account.
//!
//! Called by `main`. Prints the token alone on standard output, for scripts, and on standard error
//! a link that carries it behind `#`, where no server and no log sees it.

use crate::admin::check_length;
use crate::failure::Failure;
use signalling_server::auth::ServerKey;
use signalling_server::auth::token::{Bearer, issue_for};
use signalling_server::store::{Database, Meetings};
use signalling_server::{ConferenceId, Role, SiteId};
use std::time::Duration;

/// What is asked for on the command line.
pub struct Asked {
    pub conference: String,
    pub name: String,
    pub role: Role,
    /// The site for which the bearer stands.
    pub site: Option<String>,
    pub expires_h: u32,
}

/// Signs a token and prints it, then the link.
///
/// # Errors
/// An unknown conference, a name of the wrong length, failures of the store.
pub async fn issue(
    store: &Database,
    key: &ServerKey,
    asked: &Asked,
    base_url: &str,
    now_ms: i64,
) -> Result<(), Failure> {
    let conference = ConferenceId::new(&asked.conference)
        .map_err(|_| Failure::BadConferenceId(asked.conference.clone()))?;
    check_length("name", asked.name.trim(), 1, 120)?;
    if store.meeting(&conference).await?.is_none() {
        return Err(Failure::NoSuchConference(asked.conference.clone()));
    }
    let site = match &asked.site {
        Some(site) => Some(invited(store, &conference, site).await?),
        None => None,
    };
    let bearer = Bearer {
        conference: &conference,
        name: asked.name.trim(),
        unit: "",
        site: site.as_ref(),
        role: asked.role,
        guest: false,
    };
    let life = Duration::from_secs(u64::from(asked.expires_h) * 3600);
    let (token, _) = issue_for(key, store, &bearer, now_ms, life).await?;
    println!("{token}");
    eprintln!("{base_url}/c/{conference}#token={token}");
    Ok(())
}

/// The site, when the conference invites it.
async fn invited(store: &Database, conference: &ConferenceId, site: &str) -> Result<SiteId, Failure> {
    let refused = || Failure::NoSuchSite { site: site.to_owned(), conference: conference.to_string() };
    let id = SiteId::new(site).map_err(|_| refused())?;
    let sites = store.invited_sites(conference).await?;
    if sites.iter().any(|invited| invited.id == site) { Ok(id) } else { Err(refused()) }
}
