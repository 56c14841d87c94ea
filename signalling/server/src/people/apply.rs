//! Plans an import against the store, and carries it out.
//!
//! Called by `http::people` and `diemcau people import`. The plan that is carried out is the plan that
//! was shown: its hash must still be the same.

use super::plan::{self, Plan, Scope};
use super::table::{self, FileKind, FileProblem, Table};
use crate::auth::{ServerKey, invitation};
use crate::store::{Account, Credentials as _, Database, People as _, StoreFailure, Unique, Unit};
use conference::Timestamp;
use sha2::{Digest as _, Sha256};

/// Why nothing is imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportFailure {
    #[error(transparent)]
    File(#[from] FileProblem),
    /// Units are for administrators alone.
    #[error("only administrators import units")]
    UnitsNotAllowed,
    #[error("what is there has changed since the plan was shown")]
    PlanChanged,
    #[error(transparent)]
    Store(#[from] StoreFailure),
}

/// The code with which a new account signs in for the first time.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeCode {
    pub user: String,
    pub name: String,
    pub unit: String,
    pub code: String,
}

/// Reads `bytes` and says what would change, and the name of that plan.
///
/// # Errors
/// [`ImportFailure`].
pub async fn plan_of(
    store: &Database,
    bytes: Vec<u8>,
    scope: &Scope,
) -> Result<(Table, Plan, String), ImportFailure> {
    let (accounts, units) = (store.accounts().await?, store.units().await?);
    let scope = scope.clone();
    let planned = tokio::task::spawn_blocking(move || {
        let (table, plan) = compared(&bytes, &accounts, &units, &scope)?;
        let name = name_of(&plan, &accounts);
        Ok((table, plan, name))
    });
    planned.await.expect("planning does not panic")
}

/// Reads `bytes` and compares them with `accounts` and `units`. Pure.
///
/// # Errors
/// [`ImportFailure::File`], [`ImportFailure::UnitsNotAllowed`].
pub(crate) fn compared(
    bytes: &[u8],
    accounts: &[Account],
    units: &[Unit],
    scope: &Scope,
) -> Result<(Table, Plan), ImportFailure> {
    let table = table::read(bytes)?;
    let plan = match (table.kind, scope) {
        (FileKind::People, scope) => plan::people(&table, accounts, units, scope),
        (FileKind::Units, Scope::Everybody(_)) => plan::units(&table, units),
        (FileKind::Units, Scope::OwnUnit { .. }) => return Err(ImportFailure::UnitsNotAllowed),
    };
    Ok((table, plan))
}

/// Two plans of the same name do the same to the same.
fn name_of(plan: &Plan, accounts: &[Account]) -> String {
    let mut hash = Sha256::new();
    hash.update(serde_json::to_vec(&plan.lines).expect("plain fields"));
    hash.update(accounts.len().to_be_bytes());
    hex::encode(hash.finalize())
}

/// Carries `plan` out in one transaction; returns the one-time codes of new accounts, for once.
///
/// # Errors
/// `PlanChanged` when somebody made one of the accounts meanwhile; failures of the store.
pub async fn apply(
    store: &Database,
    key: &ServerKey,
    mut plan: Plan,
    now: Timestamp,
) -> Result<Vec<OneTimeCode>, ImportFailure> {
    let mut codes = Vec::new();
    for new in plan.people.iter_mut().filter(|person| person.existing.is_none()) {
        let (code, stored) = invitation::fresh(key, now.0);
        new.password_hash = stored;
        let (user, name, unit) = (new.user.clone(), new.name.clone(), new.unit.clone());
        codes.push(OneTimeCode { user, name, unit, code });
    }
    store.import_units(&plan.units).await?;
    match store.import_people(&plan.people, now).await {
        Ok(()) => {}
        Err(StoreFailure::Taken(Unique::User)) => return Err(ImportFailure::PlanChanged),
        Err(failure) => return Err(failure.into()),
    }
    tracing::info!(people = plan.people.len(), units = plan.units.len(), "import carried out");
    metrics::counter!("vc_people_imported_total").increment(plan.people.len() as u64);
    Ok(codes)
}
