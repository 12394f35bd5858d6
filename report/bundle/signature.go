package bundle

// SignatureFile is the file that holds the signature over every other one.
const SignatureFile = "SIGNATURE.dsse.json"
