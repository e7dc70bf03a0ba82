//! The printed record of a step: what was said, its legal basis, who signs, and
//! the proof that the ledger holds the step.

use domain::access::Action;
use law::LegalDate;
use print::book::Footer;
use print::record::{FormMark, Layout, RecordForm, Section, Signer, place_date};

use super::{DossierPage, TakenStep};
use crate::papers::{DOCX, PDF, Paper, blocking, state};
use crate::reports::Format;
use crate::{App, AppError, Who, documents};

/// The words of a record, made by the caller in the reader's language.
#[derive(Debug, Clone)]
pub struct RecordWords {
    /// Name of the matter.
    pub title: String,
    /// Name of the step.
    pub step: String,
    /// What the record is about, the document or what the first step said: label and value.
    pub about: Vec<(String, String)>,
    /// What was said in the step: label and value.
    pub values: Vec<(String, String)>,
    /// Steps taken so far: number, step, day, person.
    pub steps: Vec<Vec<String>>,
    /// Headings: what it is about, step, steps taken, legal basis.
    pub headings: [String; 4],
    /// Column headings of the steps.
    pub columns: [String; 4],
}

impl App {
    /// Prints the record of step `n` of a dossier.
    ///
    /// # Errors
    /// [`AppError::Absent`] when the dossier has no such step.
    pub async fn step_record(
        &self,
        who: &Who,
        page: &DossierPage,
        n: i64,
        words: RecordWords,
        format: Format,
    ) -> Result<Paper, AppError> {
        who.require(Action::Print)?;
        let step = page
            .steps
            .iter()
            .find(|step| step.row.n == n)
            .ok_or(AppError::Absent)?;
        let object = format!("dossier:{}", page.dossier.id);
        let mut events = self.db.events_of_object(&object).await?;
        events.sort_by_key(|event| event.seq);
        let event = usize::try_from(n - 1)
            .ok()
            .and_then(|index| events.into_iter().nth(index))
            .ok_or(AppError::Absent)?;
        let signed = self.checkpoint().await?;
        let qr = self.qr_text(&signed, event).await?;
        let form = self.record_form(
            who,
            page,
            step,
            words,
            Footer {
                checkpoint: Some(state(&signed)),
                lines: vec![format!(
                    "Người ghi: {}; người in: {}",
                    step.row.account_name, who.actor.name
                )],
                qr: Some(qr),
            },
        )?;
        let kind = page.kind.code.replace('_', "-");
        paper(form, format, &format!("{kind}-{}-{n}", page.dossier.id)).await
    }

    fn record_form(
        &self,
        who: &Who,
        page: &DossierPage,
        step: &TakenStep,
        words: RecordWords,
        proof: Footer,
    ) -> Result<RecordForm, AppError> {
        let on = documents::date(&step.row.on_date)?;
        let place = Some(who.unit.place.as_str()).filter(|place| !place.is_empty());
        Ok(RecordForm {
            layout: layout(who),
            parent_body: who.unit.parent_name.clone(),
            body: who.unit.name.clone(),
            number: String::new(),
            place_date: place_date(place, Some(on)),
            level_stamp: None,
            title: words.title.clone(),
            subtitle: words.step.clone(),
            form_mark: step.spec.form.map(|form| self.form_mark(form, on)),
            bases: bases(&step.row.because),
            sections: sections(words, &step.row.notes),
            recipients: vec![
                "Như trên (nếu gửi)".to_owned(),
                "Lưu: VT, hồ sơ.".to_owned(),
            ],
            signers: signers(page, step),
            proof: Some(proof),
        })
    }

    /// The form's act in force on the day; its drawing is not at hand.
    fn form_mark(&self, form: &str, on: LegalDate) -> FormMark {
        let number = form.trim_start_matches("Mẫu ");
        let found = self.law.form(number, on);
        FormMark {
            form: form.to_owned(),
            act: found
                .because
                .first()
                .filter(|_| found.value.is_some())
                .map(|citation| format!("{} {}", citation.kind.label_vi(), citation.act)),
            working: true,
        }
    }
}

/// A record in the wished format, under a file name without ending.
pub(super) async fn paper(form: RecordForm, format: Format, name: &str) -> Result<Paper, AppError> {
    let (media_type, extension) = match format {
        Format::Pdf => (PDF, "pdf"),
        Format::Docx => (DOCX, "docx"),
    };
    let bytes = blocking(move || match format {
        Format::Pdf => print::record::pdf(&form),
        Format::Docx => print::record::docx(&form),
    })
    .await??;
    Ok(Paper {
        file_name: format!("{name}.{extension}"),
        media_type,
        bytes,
    })
}

/// One line for each provision; an article is left out where one of its clauses is named, a clause where one of its points is.
fn bases(because: &str) -> Vec<String> {
    let named: Vec<&str> = because.lines().collect();
    named
        .iter()
        .enumerate()
        .filter(|(index, line)| {
            let repeated = named.iter().take(*index).any(|before| before == *line);
            let part = format!(" {line}");
            !repeated && !named.iter().any(|other| other.ends_with(&part))
        })
        .map(|(_, line)| format!("Căn cứ {line};"))
        .collect()
}

/// Party bodies have their own layout.
pub(super) fn layout(who: &Who) -> Layout {
    if who.unit.kind == "dang" {
        Layout::Party
    } else {
        Layout::State
    }
}

fn sections(words: RecordWords, notes: &str) -> Vec<Section> {
    let [about, said, taken, remarks] = words.headings;
    let mut sections = Vec::new();
    if !words.about.is_empty() {
        sections.push(Section::Rows {
            heading: about,
            rows: words.about,
        });
    }
    sections.push(Section::Rows {
        heading: said,
        rows: words.values,
    });
    if words.steps.len() > 1 {
        sections.push(Section::Table {
            heading: taken,
            header: words.columns.into(),
            widths: vec![8, 50, 22, 40],
            rows: words.steps,
        });
    }
    if !notes.is_empty() {
        sections.push(Section::Text {
            heading: remarks,
            paragraphs: notes.lines().map(str::to_owned).collect(),
        });
    }
    sections
}

/// Who signs the paper of a step, from left to right: whoever hands over and whoever receives, whoever destroys and whoever sees
/// it, the recorder and the chair of a council, else the recorder and whoever decides for the body.
fn signers(page: &DossierPage, step: &TakenStep) -> Vec<Signer> {
    let said = |field: &str| step.values.get(field).filter(|name| !name.is_empty());
    let chair = || {
        page.steps
            .iter()
            .filter(|before| before.row.n < step.row.n)
            .find_map(|before| before.values.get("chair"))
            .filter(|_| step.row.step == "minutes")
    };
    let pair = |left: &str, name: &str, right: &str, other: &str| {
        vec![
            Signer {
                role: left.to_owned(),
                name: name.to_owned(),
            },
            Signer {
                role: right.to_owned(),
                name: other.to_owned(),
            },
        ]
    };
    if let Some(receiver) = said("receiver_sign") {
        return pair("Người giao", "", "Người nhận", receiver);
    }
    if let (Some(hand), Some(witness)) = (said("performed_by"), said("witness")) {
        return pair("Người thực hiện", hand, "Người chứng kiến", witness);
    }
    if let Some(chair) = chair() {
        return pair("Người ghi biên bản", "", "Chủ tịch hội đồng", chair);
    }
    match said("decider_name") {
        Some(decider) => pair("Người ghi", "", "Người quyết định", decider),
        None => pair("Người ghi", "", "Thủ trưởng cơ quan, đơn vị", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::bases;

    #[test]
    fn the_narrowest_provision_stands_for_the_wider_ones() {
        let because = "khoản 1 Điều 4 Nghị định 26/2020/NĐ-CP\nđiểm b khoản 1 Điều 4 Nghị định 26/2020/NĐ-CP\n\
                       Điều 14 Nghị định 26/2020/NĐ-CP\nĐiều 4 Nghị định 26/2020/NĐ-CP\nĐiều 14 Nghị định 26/2020/NĐ-CP";
        assert_eq!(
            bases(because),
            [
                "Căn cứ điểm b khoản 1 Điều 4 Nghị định 26/2020/NĐ-CP;",
                "Căn cứ Điều 14 Nghị định 26/2020/NĐ-CP;",
            ]
        );
    }
}
