package chart

// A Picture is shapes on a plane, drawn in their order.
type Picture struct {
	Width, Height float64 // points
	Boxes         []Box
	Lines         []Line
	Words         []Words
}

// A Role is what a shape means; whoever draws it gives it a colour. None is told by its
// colour alone.
type Role string

// The roles.
const (
	All           Role = "all"           // everything is allowed
	Some          Role = "some"          // something is
	Indeterminate Role = "indeterminate" // something may be
	Denied        Role = "denied"
	Grid          Role = "grid"
	Label         Role = "label"
	Life          Role = "life"   // of a certificate, until its renewal
	Lead          Role = "lead"   // from its renewal to its end
	Past          Role = "past"   // what has ended
	Marker        Role = "marker" // an instant
)

// A Box is a rectangle, filled or in outline.
type Box struct {
	X, Y, Width, Height float64
	Role                Role
	Hollow              bool
}

// A Line is a straight stroke.
type Line struct {
	X1, Y1, X2, Y2 float64
	Role           Role
	Dashed         bool
}

// Words are one line of text; X and Y are its beginning on the base line.
type Words struct {
	X, Y float64
	Text string
	Size float64 // points
	Rise float64 // degrees that the line rises, counter-clockwise
	Room float64 // points that the line may take; 0: as many as it needs
	Role Role
}

// shorten keeps a text's first runes, with an ellipsis where some are left out.
func shorten(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return string(runes[:limit-1]) + "…"
}
