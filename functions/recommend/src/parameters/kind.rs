//! What a parameter may hold: how it is read from a URL, what is allowed, and how OpenAPI describes it.

use std::{fmt::Display, ops::RangeInclusive, str::FromStr};

use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::{
    Number,
    openapi::{
        Type,
        schema::{ArrayBuilder, Object, ObjectBuilder, Schema},
    },
};

use super::values::MAX_LIST_CHARS;
use crate::problem::Problem;

/// What a parameter of a URL may hold, and a member of a JSON body.
pub trait Kind {
    /// The same in Rust.
    type Value: DeserializeOwned;

    /// Reads the parameter `name` of a URL.
    ///
    /// # Errors
    ///
    /// 400 with what is allowed, for anything else.
    fn parse(&self, name: &str, text: &str) -> Result<Self::Value, Problem>;

    /// Checks the member `name` of a body.
    ///
    /// # Errors
    ///
    /// 400 with what is allowed, for anything else.
    fn check(&self, name: &str, value: &Self::Value) -> Result<(), Problem>;

    /// The schema of the parameter of a URL.
    fn schema(&self) -> Object;

    /// The schema of the member of a body.
    fn member_schema(&self) -> Schema {
        Schema::Object(self.schema())
    }
}

/// Text, which must not be blank.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    max_chars: usize,
    may_be_blank: bool,
    example: Option<&'static str>,
}

impl Text {
    const NOT_BLANK: &str = "text that is not blank";

    /// Text of at most so many characters.
    pub const fn at_most(max_chars: usize) -> Self {
        Self { max_chars, may_be_blank: false, example: None }
    }

    /// Lets blank text be.
    pub const fn or_blank(mut self) -> Self {
        self.may_be_blank = true;
        self
    }

    /// Shows an example.
    pub const fn example(mut self, example: &'static str) -> Self {
        self.example = Some(example);
        self
    }

    /// A problem for where nothing is given, which `detail` says.
    pub fn missing(self, name: &str, detail: &str) -> Problem {
        Problem::parameter(name, Self::NOT_BLANK, detail)
    }

    fn check_text(self, name: &str, text: &str) -> Result<(), Problem> {
        if !self.may_be_blank && text.trim().is_empty() {
            return Err(Problem::parameter(name, Self::NOT_BLANK, format!("{name} is blank")));
        }
        let chars = text.chars().count();
        if chars > self.max_chars {
            let allowed = format!("at most {} characters", self.max_chars);
            return Err(Problem::parameter(
                name,
                &allowed,
                format!("{name} has {chars} characters: expected {allowed}"),
            ));
        }
        Ok(())
    }
}

impl Kind for Text {
    type Value = String;

    fn parse(&self, name: &str, text: &str) -> Result<String, Problem> {
        self.check_text(name, text).map(|()| text.to_owned())
    }

    fn check(&self, name: &str, value: &String) -> Result<(), Problem> {
        self.check_text(name, value)
    }

    fn schema(&self) -> Object {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(self.max_chars))
            .pattern((!self.may_be_blank).then_some(r"\S"))
            .examples(self.example)
            .build()
    }
}

/// A whole number within a range.
#[derive(Clone, Debug)]
pub struct Integer<N>(pub RangeInclusive<N>);

impl<N: Display> Integer<N> {
    fn allowed(&self) -> String {
        format!("{} to {}", self.0.start(), self.0.end())
    }
}

impl<N> Kind for Integer<N>
where
    N: Copy + PartialOrd + Display + FromStr + DeserializeOwned,
    Number: From<N>,
{
    type Value = N;

    fn parse(&self, name: &str, text: &str) -> Result<N, Problem> {
        // Rust takes a plus sign too, which no client means: in a URL it stands for a space.
        match text.parse() {
            Ok(number) if !text.starts_with('+') && self.0.contains(&number) => Ok(number),
            _ => {
                let allowed = self.allowed();
                let detail = format!("{name} is {text:?}: expected a whole number, {allowed}");
                Err(Problem::parameter(name, &allowed, detail))
            }
        }
    }

    fn check(&self, name: &str, value: &N) -> Result<(), Problem> {
        within(&self.0, name, value, &self.allowed())
    }

    fn schema(&self) -> Object {
        let (least, most) = (Some(*self.0.start()), Some(*self.0.end()));
        ObjectBuilder::new().schema_type(Type::Integer).minimum(least).maximum(most).build()
    }
}

/// A decimal number within a range.
#[derive(Clone, Debug)]
pub struct Decimal(pub RangeInclusive<f64>);

impl Decimal {
    /// Any finite number as far from 0 as this.
    pub const fn up_to(max_abs: f64) -> Self {
        Self(-max_abs..=max_abs)
    }

    /// The range, for people.
    pub fn allowed(&self) -> String {
        let (least, most) = (self.0.start(), self.0.end());
        // Where it is so far, the range says no more than that there is an end.
        if most.abs() > 1e6 { format!("a finite number, {least:e} to {most:e}") } else { format!("{least} to {most}") }
    }

    /// Whether a number is within the range, which NaN never is.
    pub fn contains(&self, number: f64) -> bool {
        self.0.contains(&number)
    }
}

impl Kind for Decimal {
    type Value = f64;

    fn parse(&self, name: &str, text: &str) -> Result<f64, Problem> {
        match text.parse() {
            Ok(number) if self.contains(number) => Ok(number),
            _ => {
                let allowed = self.allowed();
                Err(Problem::parameter(name, &allowed, format!("{name} is {text:?}: expected {allowed}")))
            }
        }
    }

    fn check(&self, name: &str, value: &f64) -> Result<(), Problem> {
        within(&self.0, name, value, &self.allowed())
    }

    fn schema(&self) -> Object {
        let (least, most) = (Some(*self.0.start()), Some(*self.0.end()));
        ObjectBuilder::new().schema_type(Type::Number).minimum(least).maximum(most).build()
    }
}

/// `true` or `false`.
#[derive(Clone, Copy, Debug)]
pub struct Flag;

impl Kind for Flag {
    type Value = bool;

    fn parse(&self, name: &str, text: &str) -> Result<bool, Problem> {
        one_of(name, text, &[("true", true), ("false", false)])
    }

    fn check(&self, _: &str, _: &bool) -> Result<(), Problem> {
        Ok(())
    }

    fn schema(&self) -> Object {
        ObjectBuilder::new().schema_type(Type::Boolean).build()
    }
}

/// One of several words, which `T` has in JSON too.
#[derive(Clone, Copy, Debug)]
pub struct Choice<T: 'static>(pub &'static [(&'static str, T)]);

impl<T: Copy + DeserializeOwned> Kind for Choice<T> {
    type Value = T;

    fn parse(&self, name: &str, text: &str) -> Result<T, Problem> {
        one_of(name, text, self.0)
    }

    fn check(&self, _: &str, _: &T) -> Result<(), Problem> {
        Ok(())
    }

    fn schema(&self) -> Object {
        let words = self.0.iter().map(|(word, _)| *word);
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
    }
}

/// Several texts: in a URL with a separator between them, in a body a list.
#[derive(Clone, Copy, Debug)]
pub struct List {
    separator: char,
    item: Text,
    max_items: Option<usize>,
}

impl List {
    /// Such texts. In a URL none may be longer than the whole.
    pub const fn separated_by(separator: char, item: Text) -> Self {
        Self { separator, item, max_items: None }
    }

    /// At most so many of them.
    pub const fn at_most(mut self, max_items: usize) -> Self {
        self.max_items = Some(max_items);
        self
    }
}

impl Kind for List {
    type Value = Vec<String>;

    fn parse(&self, name: &str, text: &str) -> Result<Vec<String>, Problem> {
        let text = Text::at_most(MAX_LIST_CHARS).parse(name, text)?;
        let parts = text.split(self.separator).map(str::trim).filter(|part| !part.is_empty());
        let list = parts.map(str::to_owned).collect();
        self.check(name, &list).map(|()| list)
    }

    fn check(&self, name: &str, list: &Vec<String>) -> Result<(), Problem> {
        if let Some(most) = self.max_items {
            within(&(0..=most), name, &list.len(), &format!("at most {most} of them"))?;
        }
        list.iter().try_for_each(|text| self.item.check(name, text))
    }

    fn schema(&self) -> Object {
        Text::at_most(MAX_LIST_CHARS).schema()
    }

    fn member_schema(&self) -> Schema {
        ArrayBuilder::new().items(self.item.schema()).max_items(self.max_items).build().into()
    }
}

fn within<N: PartialOrd + Display>(
    range: &RangeInclusive<N>,
    name: &str,
    value: &N,
    allowed: &str,
) -> Result<(), Problem> {
    if range.contains(value) {
        return Ok(());
    }
    Err(Problem::parameter(name, allowed, format!("{name} is {value}: expected {allowed}")))
}

fn one_of<T: Copy>(name: &str, text: &str, choices: &[(&str, T)]) -> Result<T, Problem> {
    if let Some((_, choice)) = choices.iter().find(|(word, _)| *word == text) {
        return Ok(*choice);
    }
    let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
    let allowed = words.join(", ");
    Err(Problem::parameter(name, &allowed, format!("{name} is {text:?}: expected one of {allowed}")))
}

/// The same schema, which takes `null` too.
pub(super) fn nullable(schema: Schema) -> Schema {
    use utoipa::openapi::schema::SchemaType;
    let or_null = |of: SchemaType| match of {
        SchemaType::Type(of) => SchemaType::Array(vec![of, Type::Null]),
        of => of,
    };
    match schema {
        Schema::Object(mut object) => {
            object.schema_type = or_null(object.schema_type);
            object.enum_values.iter_mut().for_each(|words| words.push(Value::Null));
            Schema::Object(object)
        }
        Schema::Array(mut array) => {
            array.schema_type = or_null(array.schema_type);
            Schema::Array(array)
        }
        Schema::OneOf(mut one_of) => {
            one_of.items.push(ObjectBuilder::new().schema_type(Type::Null).into());
            Schema::OneOf(one_of)
        }
        schema => schema,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_out_of_range_are_refused_in_a_url_and_in_a_body() {
        let limit = Integer(1..=5_usize);
        assert_eq!(limit.parse("limit", "1").expect("a number"), 1);
        for text in ["0", "6", "-1", "+1", "1.5", "", "99999999999999999999"] {
            assert!(limit.parse("limit", text).is_err(), "{text}");
        }
        for (number, fits) in [(0, false), (1, true), (5, true), (6, false)] {
            assert_eq!(limit.check("limit", &number).is_ok(), fits, "{number}");
        }
        for text in ["NaN", "inf", "1e13", "", "x"] {
            assert!(Decimal::up_to(1e12).parse("min_tempo", text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_list_is_no_longer_than_allowed_and_nothing_in_it_is_blank() {
        let list = List::separated_by(',', Text::at_most(3)).at_most(2);
        assert_eq!(list.parse("ids", " a,, bcd ,").expect("a list"), ["a", "bcd"]);
        for text in ["", " ", "abcd", "a,b,c"] {
            assert!(list.parse("ids", text).is_err(), "{text:?}");
        }
        assert!(list.check("ids", &vec![" ".to_owned()]).is_err());
    }
}
