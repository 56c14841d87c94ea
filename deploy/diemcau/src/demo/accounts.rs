//! The demo accounts and their passwords.
//!
//! Called by `demo::seed`. Passwords are random, made once for each data folder and kept in
//! `demo-accounts.json` (0600), so that every start can print them (docs/adr/0006).

use crate::data_folder::DataFolder;
use crate::failure::Failure;
use crate::{password, private_file};
use serde::{Deserialize, Serialize};
use signalling_server::store::{Database, NewAccount, People};
use signalling_server::{Role, Timestamp, auth};
use std::collections::BTreeMap;
use std::io;

/// Name of the file with the passwords in the data folder.
const FILE: &str = "demo-accounts.json";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountFile {
    account: Vec<Template>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Template {
    user: String,
    name: String,
    unit: String,
    role: Role,
}

/// One account as it is printed.
#[derive(Clone, Serialize, Deserialize)]
pub struct DemoAccount {
    pub user: String,
    pub password: String,
    pub name: String,
    pub role: Role,
}

fn templates() -> Vec<Template> {
    let file: AccountFile =
        toml::from_str(include_str!("../../demo/accounts.toml")).expect("embedded files are read by a test");
    file.account
}

/// Makes the accounts that are missing. An account whose password is not in the file gets a new
/// one, because nobody could say the old one any more.
pub async fn seed(
    store: &Database,
    folder: &DataFolder,
    now: Timestamp,
) -> Result<Vec<DemoAccount>, Failure> {
    let path = folder.join(FILE);
    let broken = |cause: String| Failure::DemoAccounts { file: path.display().to_string(), cause };
    let known: BTreeMap<String, String> = match std::fs::read(&path) {
        Ok(text) => {
            let accounts: Vec<DemoAccount> =
                serde_json::from_slice(&text).map_err(|error| broken(error.to_string()))?;
            accounts.into_iter().map(|account| (account.user, account.password)).collect()
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
        Err(error) => return Err(broken(error.to_string())),
    };
    let accounts: Vec<DemoAccount> = templates()
        .into_iter()
        .map(|template| DemoAccount {
            password: known.get(&template.user).cloned().unwrap_or_else(password::fresh),
            user: template.user,
            name: template.name,
            role: template.role,
        })
        .collect();
    // Before the store: a crash in between leaves passwords that are used at the next start.
    let text = serde_json::to_vec_pretty(&accounts).expect("plain fields");
    private_file::write(&path, &text).map_err(|error| broken(error.to_string()))?;

    for (account, template) in accounts.iter().zip(templates()) {
        match store.account_of_user(&account.user).await? {
            Some(_) if known.contains_key(&account.user) => {}
            Some(there) => {
                let hash = auth::password::hash(&account.password)?;
                store.set_password(there.person.id, &hash, now).await?;
            }
            None => {
                let new = NewAccount {
                    user: auth::folded_user(&account.user),
                    name: template.name,
                    unit: template.unit,
                    role: template.role,
                    password_hash: auth::password::hash(&account.password)?,
                };
                store.create_account(&new, now).await?;
            }
        }
    }
    Ok(accounts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::ROLES;
    use std::collections::BTreeSet;
    use unicode_normalization::is_nfc;

    fn word(role: Role) -> String {
        serde_json::to_value(role).expect("a word").as_str().expect("a word").to_owned()
    }

    #[test]
    fn each_of_the_nine_roles_has_one_account() {
        let accounts = templates();
        let roles: BTreeSet<String> = accounts.iter().map(|account| word(account.role)).collect();
        assert_eq!(roles, ROLES.iter().map(|role| (*role).to_owned()).collect());
        assert_eq!(accounts.len(), ROLES.len());
        assert!(
            accounts
                .iter()
                .all(|a| is_nfc(&a.name) && is_nfc(&a.unit) && auth::folded_user(&a.user) == a.user)
        );
    }

    #[tokio::test]
    async fn passwords_stay_over_restarts_and_open_the_accounts() {
        let path = std::env::temp_dir().join(format!("diemcau-demo-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        let folder = DataFolder::open(&path).expect("made");
        let store = Database::open_file(&folder.join("diemcau.db")).await.expect("opened");
        let first = seed(&store, &folder, Timestamp(1)).await.expect("seeded");
        let again = seed(&store, &folder, Timestamp(2)).await.expect("seeded");
        let passwords =
            |accounts: &[DemoAccount]| accounts.iter().map(|a| a.password.clone()).collect::<Vec<_>>();
        assert_eq!(passwords(&first), passwords(&again));
        assert_eq!(passwords(&first).iter().collect::<BTreeSet<_>>().len(), ROLES.len());

        // Whoever loses the file gets new passwords, and they are those of the accounts.
        let before = store.account_of_user("chutri").await.expect("asked").expect("there").password_hash;
        std::fs::remove_file(folder.join(FILE)).expect("removed");
        let renewed = seed(&store, &folder, Timestamp(3)).await.expect("seeded");
        assert_ne!(passwords(&first), passwords(&renewed));
        let after = store.account_of_user("chutri").await.expect("asked").expect("there").password_hash;
        assert_ne!(before, after);
        store.close().await;
        std::fs::remove_dir_all(&path).expect("removed");
    }
}
