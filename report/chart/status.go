package chart

import "math"

// The statuses, told apart by form: a full block for [Fail], a half-filled frame for
// [Warning], an empty frame for [NotAssessed], a barred one for [Waived], one with a core
// for [Attested], a low block for [Pass].
const (
	Fail        Role = "fail"
	NotAssessed Role = "notAssessed"
	Warning     Role = "warning"
	Waived      Role = "waived"
	Attested    Role = "attested"
	Pass        Role = "pass"
)

// statuses are the entries of a legend, in the order of the roll-up.
var statuses = []struct {
	role  Role
	words string
	width float64
}{
	{Fail, "fail", 44}, {NotAssessed, "not assessed", 76}, {Warning, "warning", 60},
	{Waived, "waived", 56}, {Attested, "attested", 60}, {Pass, "pass", 44},
}

// status draws a status into a rectangle.
func (p *Picture) status(x, y, width, height float64, role Role) {
	add := func(fromX, fromY, toX, toY float64, hollow bool) {
		p.Boxes = append(p.Boxes, Box{X: fromX, Y: fromY, Width: toX - fromX, Height: toY - fromY, Role: role, Hollow: hollow})
	}
	right, foot, edge := x+width, y+height, math.Min(height*0.1, 0.5)
	switch role {
	case Fail:
		add(x, y, right, foot, false)
		return
	case Pass:
		add(x, foot-height*0.35, right, foot, false)
		return
	case Warning:
		add(x, y+height/2, right, foot, false)
	case Waived:
		add(x, y+height*0.4, right, y+height*0.6, false)
	case Attested:
		side := math.Min(width, height) * 0.4
		add(x+(width-side)/2, y+(height-side)/2, x+(width+side)/2, y+(height+side)/2, false)
	case NotAssessed:
	default:
		return
	}
	add(x+edge, y+edge, right-edge, foot-edge, true)
}

// legend says what the forms mean.
func (p *Picture) legend(x, y float64) {
	for _, entry := range statuses {
		p.status(x, y, 10, 9, entry.role)
		p.Words = append(p.Words, Words{X: x + 14, Y: y + 8, Text: entry.words, Size: 7.5, Role: Label})
		x += entry.width
	}
}
