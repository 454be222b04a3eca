//! Texts as tokens.

use super::error::{Span, SyntaxError};
use super::tree::Operator;

/// The longest text, in bytes.
const LONGEST_TEXT: usize = 100_000;
/// The longest name.
const LONGEST_NAME: usize = 200;
/// The longest number.
const LONGEST_NUMBER: usize = 400;

/// What is said of signs of comparison.
pub const NO_COMPARISONS: &str = "there are no comparisons and no assignments";

/// The smallest pieces of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Token {
    /// A number.
    Number(f64),
    /// A name.
    Name,
    /// An operator.
    Operator(Operator),
    /// `'`
    Prime,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `,`
    Comma,
    /// `=`
    Equals,
    /// After the last.
    End,
}

/// Reads a text from its beginning to its end.
#[derive(Debug)]
pub struct Lexer<'a> {
    text: &'a str,
    place: usize,
}

impl<'a> Lexer<'a> {
    /// A text that is not too long.
    pub fn new(text: &'a str) -> Result<Self, SyntaxError> {
        if text.len() > LONGEST_TEXT {
            let end = (LONGEST_TEXT..text.len()).find(|&end| text.is_char_boundary(end));
            let end = end.unwrap_or(text.len());
            let message = format!("the text has {} bytes, more than {LONGEST_TEXT}", text.len());
            return Err(SyntaxError::new(&text[..end], Span::new(end, end), message));
        }
        Ok(Self { text, place: 0 })
    }

    /// The whole text.
    pub fn text(&self) -> &'a str {
        self.text
    }

    fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.place + ahead).copied().unwrap_or(0)
    }

    fn error(&self, length: usize, message: impl Into<String>) -> SyntaxError {
        SyntaxError::new(self.text, Span::new(self.place, self.place + length), message)
    }

    /// The next token and where it stands.
    pub fn next(&mut self) -> Result<(Token, Span), SyntaxError> {
        while matches!(self.byte(0), b' ' | b'\t' | b'\r' | b'\n') {
            self.place += 1;
        }
        let start = self.place;
        if start == self.text.len() {
            return Ok((Token::End, Span::new(start, start)));
        }
        let (token, length) = match (self.byte(0), self.byte(1)) {
            (b'0'..=b'9', _) | (b'.', b'0'..=b'9') => self.number()?,
            (b'a'..=b'z' | b'A'..=b'Z', _) => (Token::Name, self.name()?),
            (b'*', b'*') => return Err(self.error(2, "** is no operator: a power is written ^ or .^")),
            (b'.', b'*') => (Token::Operator(Operator::Hadamard), 2),
            (b'.', b'/') => (Token::Operator(Operator::DivideEach), 2),
            (b'.', b'^') => (Token::Operator(Operator::PowerEach), 2),
            (b'+', _) => (Token::Operator(Operator::Add), 1),
            (b'-', _) => (Token::Operator(Operator::Subtract), 1),
            (b'*', _) => (Token::Operator(Operator::Multiply), 1),
            (b'/', _) => (Token::Operator(Operator::Divide), 1),
            (b'^', _) => (Token::Operator(Operator::Power), 1),
            (b'\'', _) => (Token::Prime, 1),
            (b'(', _) => (Token::Open, 1),
            (b')', _) => (Token::Close, 1),
            (b',', _) => (Token::Comma, 1),
            (b'=', next) if next != b'=' => (Token::Equals, 1),
            _ => return Err(self.unknown()),
        };
        self.place += length;
        Ok((token, Span::new(start, self.place)))
    }

    fn name(&self) -> Result<usize, SyntaxError> {
        let rest = &self.text.as_bytes()[self.place..];
        let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        if length > LONGEST_NAME {
            return Err(self.error(length, format!("a name of more than {LONGEST_NAME} characters")));
        }
        Ok(length)
    }

    /// Digits, a point that does not begin `.*`, `./` or `.^`, and an exponent.
    fn number(&self) -> Result<(Token, usize), SyntaxError> {
        let rest = &self.text.as_bytes()[self.place..];
        let digits = |from: usize| rest.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
        let mut length = digits(0);
        if self.byte(length) == b'.' && !matches!(self.byte(length + 1), b'*' | b'/' | b'^') {
            length += 1 + digits(length + 1);
        }
        let mantissa = length;
        if matches!(self.byte(length), b'e' | b'E') {
            let sign = usize::from(matches!(self.byte(length + 1), b'+' | b'-'));
            let exponent = digits(length + 1 + sign);
            if exponent > 0 {
                length += 1 + sign + exponent;
            }
        }
        if length > LONGEST_NUMBER {
            return Err(self.error(length, format!("a number of more than {LONGEST_NUMBER} characters")));
        }
        let after = self.byte(length);
        if after == b'.' && !matches!(self.byte(length + 1), b'*' | b'/' | b'^') {
            return Err(self.error(length + 1, "a number has one decimal point"));
        }
        if after.is_ascii_alphanumeric() || after == b'_' {
            let message = "a digit stands directly before a letter: a product is written with *, and a \
                           name begins with a letter";
            return Err(self.error(length + 1, message));
        }
        let written = &self.text[self.place..self.place + length];
        let Ok(value) = written.parse::<f64>() else {
            return Err(self.error(length, "this is no number"));
        };
        if value.is_infinite() {
            return Err(self.error(length, "the number is too large for a double"));
        }
        if value == 0.0 && written[..mantissa].bytes().any(|byte| matches!(byte, b'1'..=b'9')) {
            return Err(self.error(length, "the number is too small for a double"));
        }
        Ok((Token::Number(value), length))
    }

    fn unknown(&self) -> SyntaxError {
        let character = self.text[self.place..].chars().next().unwrap_or_default();
        let message = match character {
            '.' if self.byte(1) == b'\'' => "the transpose is written ' without a point".to_owned(),
            '.' if self.byte(1).is_ascii_alphabetic() => {
                "there are no attributes: functions are written f(x), the transpose x'".to_owned()
            }
            '.' => "a point begins a number, or .* ./ .^".to_owned(),
            '@' => "the matrix product is written *".to_owned(),
            '=' | '<' | '>' | '!' | '~' => NO_COMPARISONS.to_owned(),
            '&' | '|' => "there are no logical operators".to_owned(),
            '[' | ']' | '{' | '}' => "there are no brackets but ( ): matrices have names".to_owned(),
            '"' | '`' => "there are no strings".to_owned(),
            '_' => "a name begins with a letter".to_owned(),
            ' '..='~' => format!("the character {character} has no meaning here"),
            _ => {
                let advice = meant(character).map_or_else(String::new, |own| format!(": write {own}"));
                format!("the character U+{:04X} has no meaning here{advice}", u32::from(character))
            }
        };
        self.error(character.len_utf8(), message)
    }
}

/// How the language writes a character that others write otherwise.
fn meant(character: char) -> Option<&'static str> {
    const GREEK: [&str; 25] = [
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda",
        "mu", "nu", "xi", "omicron", "pi", "rho", "sigma", "sigma", "tau", "upsilon", "phi", "chi", "psi",
        "omega",
    ];
    Some(match character {
        'α'..='ω' => GREEK[character as usize - 'α' as usize],
        '\u{2212}' | '\u{2013}' => "-",
        '×' | '·' | '\u{22C5}' => "*",
        '\u{2299}' | '\u{2218}' => ".*",
        '÷' => "/",
        '²' => "^2",
        '³' => "^3",
        '′' | '’' | 'ᵀ' | '\u{22A4}' => "'",
        '√' => "sqrt(...)",
        '∑' | 'Σ' => "sum(...)",
        _ => return None,
    })
}
