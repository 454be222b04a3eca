use pyframe_matcalc::{Store, derivative, notation, syntax};
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let (text, wrt) = (&args[1], &args[2]);
    let decl: Vec<(String, String)> = args[3..].iter().map(|a| { let (n, s) = a.split_once('=').unwrap(); (n.into(), s.into()) }).collect();
    let _ = decl;
    let _ = (text, wrt);
}
