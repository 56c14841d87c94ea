//! Conferences as set up, and site trees, in SQL for both databases.
//!
//! One text for both dialects, for the reason that stands in `plans_sql`, which writes conferences by what
//! stands here as well.

use super::convert::{self, signed};
use super::{Answer, InvitedSite, Meeting, Meetings, PostgresStore, Site, SqliteStore, StoreFailure, Unique};
use crate::folding::fold;
use media_control::ConferenceId;
use sqlx::Row as _;

pub(super) const INSERT: &str = "INSERT INTO conferences \
    (id, title, label, waiting_room, guests, always_open, participant_limit, created_by, created_ms, \
    opens_ms, kind, secrecy) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
pub(super) const IMPORT: &str = "INSERT INTO conferences \
    (id, title, label, waiting_room, guests, always_open, participant_limit, created_by, created_ms, \
    opens_ms, kind, secrecy) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
    ON CONFLICT (id) DO UPDATE SET title = excluded.title, label = excluded.label, \
    waiting_room = excluded.waiting_room, guests = excluded.guests, \
    always_open = excluded.always_open, participant_limit = excluded.participant_limit, opens_ms = excluded.opens_ms, \
    kind = excluded.kind, secrecy = excluded.secrecy";

macro_rules! meetings {
    ($dialect:ident, $store:ty, $connection:ty) => {
        pub(super) mod $dialect {
            use super::*;

            pub(in crate::store) async fn insert(
                sql: &'static str,
                tx: &mut $connection,
                meeting: &Meeting,
            ) -> Result<(), sqlx::Error> {
                sqlx::query(sql)
                    .bind(meeting.id.as_str())
                    .bind(&meeting.title)
                    .bind(&meeting.label)
                    .bind(meeting.settings.waiting_room)
                    .bind(meeting.settings.guests)
                    .bind(meeting.settings.always_open)
                    .bind(i64::from(meeting.settings.limit))
                    .bind(meeting.created_by.map(|person| signed(person.0)))
                    .bind(meeting.created.0)
                    .bind(meeting.settings.opens.map(|at| at.0))
                    .bind(convert::setting_word(meeting.settings.kind))
                    .bind(convert::setting_word(meeting.settings.secrecy))
                    .execute(&mut *tx)
                    .await?;
                // Every conference has a plan; one that is there stays.
                sqlx::query(
                    "INSERT INTO plans (conference, minutes, series, sequence, reminded, search, body) \
                     VALUES ($1, 60, '', 0, 0, $2, '{}') ON CONFLICT (conference) DO NOTHING",
                )
                .bind(meeting.id.as_str())
                .bind(fold(&meeting.title))
                .execute(tx)
                .await
                .map(|_| ())
            }

            pub(in crate::store) async fn insert_sites(
                tx: &mut $connection,
                id: &ConferenceId,
                invited: &[InvitedSite],
            ) -> Result<(), sqlx::Error> {
                for (place, site) in (0_i64..).zip(invited) {
                    sqlx::query("INSERT INTO conference_sites (conference, place, tree, site) VALUES ($1, $2, $3, $4)")
                        .bind(id.as_str())
                        .bind(place)
                        .bind(&site.tree)
                        .bind(&site.id)
                        .execute(&mut *tx)
                        .await?;
                }
                Ok(())
            }

            impl Meetings for $store {
                async fn create_meeting(&self, meeting: &Meeting, invited: &[InvitedSite]) -> Answer<()> {
                    let mut tx = self.writing().await?;
                    insert(INSERT, &mut tx, meeting).await.map_err(|error| convert::taken(error, Unique::Conference))?;
                    insert_sites(&mut tx, &meeting.id, invited).await?;
                    Ok(tx.commit().await?)
                }

                async fn invite_sites(&self, id: &ConferenceId, invited: &[InvitedSite]) -> Answer<()> {
                    let mut tx = self.writing().await?;
                    sqlx::query("DELETE FROM conference_sites WHERE conference = $1")
                        .bind(id.as_str())
                        .execute(&mut *tx)
                        .await?;
                    insert_sites(&mut tx, id, invited).await?;
                    Ok(tx.commit().await?)
                }

                async fn invited_sites(&self, id: &ConferenceId) -> Answer<Vec<Site>> {
                    // A site that has left its tree keeps its place under its id.
                    let rows = sqlx::query(
                        "SELECT i.site AS id, COALESCE(s.name, i.site) AS name, COALESCE(s.kind, '') AS kind, \
                         above.name AS parent, s.sector AS sector, COALESCE(s.sample, FALSE) AS sample \
                         FROM conference_sites i LEFT JOIN sites s ON s.tree = i.tree AND s.id = i.site \
                         LEFT JOIN sites above ON above.tree = s.tree AND above.id = s.parent \
                         WHERE i.conference = $1 ORDER BY i.place",
                    )
                    .bind(id.as_str())
                    .fetch_all(self.reading())
                    .await?;
                    rows.iter().map(|row| Ok(convert::read_site!(row))).collect()
                }

                async fn import_meeting(&self, meeting: &Meeting) -> Answer<()> {
                    let mut tx = self.writing().await?;
                    insert(IMPORT, &mut tx, meeting).await?;
                    Ok(tx.commit().await?)
                }

                async fn meeting(&self, id: &ConferenceId) -> Answer<Option<Meeting>> {
                    let row = sqlx::query("SELECT * FROM conferences WHERE id = $1")
                        .bind(id.as_str())
                        .fetch_optional(self.reading())
                        .await?;
                    row.map(|row| Ok(convert::read_meeting!(row))).transpose()
                }

                async fn meetings(&self, limit: u32) -> Answer<Vec<Meeting>> {
                    let rows = sqlx::query("SELECT * FROM conferences ORDER BY created_ms DESC, id LIMIT $1")
                        .bind(i64::from(limit))
                        .fetch_all(self.reading())
                        .await?;
                    rows.iter().map(|row| Ok(convert::read_meeting!(row))).collect()
                }

                async fn replace_sites(&self, tree: &str, sites: &[Site]) -> Answer<()> {
                    let mut tx = self.writing().await?;
                    sqlx::query("DELETE FROM sites WHERE tree = $1").bind(tree).execute(&mut *tx).await?;
                    for (place, site) in (0_i64..).zip(sites) {
                        sqlx::query(
                            "INSERT INTO sites (tree, id, place, name, kind, parent, sector, sample) \
                             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                        )
                        .bind(tree)
                        .bind(&site.id)
                        .bind(place)
                        .bind(&site.name)
                        .bind(&site.kind)
                        .bind(site.parent.as_deref())
                        .bind(site.sector.as_deref())
                        .bind(site.sample)
                        .execute(&mut *tx)
                        .await?;
                    }
                    Ok(tx.commit().await?)
                }

                async fn sites(&self, tree: &str) -> Answer<Vec<Site>> {
                    let rows = sqlx::query("SELECT * FROM sites WHERE tree = $1 ORDER BY place")
                        .bind(tree)
                        .fetch_all(self.reading())
                        .await?;
                    rows.iter().map(|row| Ok(convert::read_site!(row))).collect()
                }

                async fn site_trees(&self) -> Answer<Vec<String>> {
                    let rows =
                        sqlx::query("SELECT DISTINCT tree FROM sites ORDER BY tree").fetch_all(self.reading()).await?;
                    rows.iter().map(|row| Ok::<_, StoreFailure>(row.try_get(0)?)).collect()
                }
            }
        }
    };
}

meetings!(sqlite, SqliteStore, sqlx::SqliteConnection);
meetings!(postgres, PostgresStore, sqlx::PgConnection);
