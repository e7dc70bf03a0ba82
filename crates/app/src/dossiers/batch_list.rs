//! The printed list of a batch: what goes with the council's minutes, signed by those who
//! answer for it, with the proof that the ledger holds the batch's last step.

use domain::access::Action;
use print::book::Footer;
use print::record::{RecordForm, Section, Signer, place_date};

use super::batch::BatchPage;
use super::record::{layout, paper};
use super::values;
use crate::papers::{Paper, state};
use crate::reports::Format;
use crate::{App, AppError, Who, documents};

/// Widths in millimetres: line, number, day, kind, level, copies, result.
const WIDTHS: [u16; 7] = [12, 34, 26, 25, 19, 20, 29];

/// The words of a list, made by the caller in the reader's language.
#[derive(Debug, Clone)]
pub struct ListWords {
    pub title: String,
    /// The matter and the batch's number.
    pub subtitle: String,
    /// The minutes that the list goes with; empty before there are any.
    pub minutes: String,
    /// Column headings.
    pub columns: [String; 7],
    /// One row a document: the cells of the columns.
    pub rows: Vec<[String; 7]>,
    /// How many documents and copies.
    pub sum: String,
}

impl App {
    /// Prints the list of a batch as it stands.
    ///
    /// # Errors
    /// [`AppError::Absent`] for who may not print.
    pub async fn batch_list(
        &self,
        who: &Who,
        page: &BatchPage,
        words: ListWords,
        format: Format,
    ) -> Result<Paper, AppError> {
        who.require(Action::Print)?;
        let object = format!("batch:{}", page.batch.id);
        let events = self.db.events_of_object(&object).await?;
        let event = events
            .into_iter()
            .max_by_key(|event| event.seq)
            .ok_or(AppError::Absent)?;
        let signed = self.checkpoint().await?;
        let qr = self.qr_text(&signed, event).await?;
        let proof = Footer {
            checkpoint: Some(state(&signed)),
            lines: vec![format!("Người in: {}", who.actor.name)],
            qr: Some(qr),
        };
        let form = list_form(who, page, words, proof)?;
        let batch = &page.batch;
        let kind = batch.kind.replace('_', "-");
        let name = format!("danh-sach-{kind}-{:02}-{}", batch.serial, batch.year);
        paper(form, format, &name).await
    }
}

fn list_form(
    who: &Who,
    page: &BatchPage,
    words: ListWords,
    proof: Footer,
) -> Result<RecordForm, AppError> {
    let steps = page.members.iter().flat_map(|member| &member.steps);
    let last = steps.map(|step| step.on_date.as_str()).max();
    let on = last.map(documents::date).transpose()?;
    let place = Some(who.unit.place.as_str()).filter(|place| !place.is_empty());
    Ok(RecordForm {
        layout: layout(who),
        parent_body: who.unit.parent_name.clone(),
        body: who.unit.name.clone(),
        number: String::new(),
        place_date: place_date(place, on),
        level_stamp: None,
        title: words.title,
        subtitle: words.subtitle,
        form_mark: None,
        // The minutes and each dossier's records name the law; a list goes with them.
        bases: Vec::new(),
        sections: vec![
            Section::Text {
                heading: String::new(),
                paragraphs: Some(words.minutes)
                    .into_iter()
                    .filter(|line| !line.is_empty())
                    .collect(),
            },
            Section::Table {
                heading: String::new(),
                header: words.columns.into(),
                widths: WIDTHS.into(),
                rows: words.rows.into_iter().map(Vec::from).collect(),
            },
            Section::Text {
                heading: String::new(),
                paragraphs: vec![words.sum],
            },
        ],
        recipients: vec!["Lưu: VT, hồ sơ.".to_owned()],
        signers: signers(page)?,
        proof: Some(proof),
    })
}

/// Whoever wrote the list and, as far as the steps name them, who handed over and received,
/// who destroyed and who saw it, and the chair of the council; else the head of the unit.
fn signers(page: &BatchPage) -> Result<Vec<Signer>, AppError> {
    let mut said = std::collections::BTreeMap::new();
    for step in page.members.iter().flat_map(|member| &member.steps) {
        said.extend(values(step)?);
    }
    let mut signers = vec![Signer {
        role: "Người lập danh sách".to_owned(),
        name: String::new(),
    }];
    let others = [
        ("Người nhận", "receiver_sign"),
        ("Người thực hiện", "performed_by"),
        ("Người chứng kiến", "witness"),
        ("Chủ tịch hội đồng", "chair"),
    ];
    for (role, field) in others {
        if let Some(name) = said.remove(field).filter(|name| !name.is_empty()) {
            signers.push(Signer {
                role: role.to_owned(),
                name,
            });
        }
    }
    if signers.len() == 1 {
        signers.push(Signer {
            role: "Thủ trưởng cơ quan, đơn vị".to_owned(),
            name: String::new(),
        });
    }
    // A paper has room for four.
    signers.truncate(4);
    Ok(signers)
}
