package load

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"time"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// posted makes the request by which a client posts a form to an endpoint.
func posted(ctx context.Context, c targets.Client, endpoint string, form url.Values) (Request, error) {
	req, err := c.Post(ctx, endpoint, form)
	if err != nil {
		return Request{}, err
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return Request{}, err
	}
	req.Header.Set("Accept", "application/json")
	return Request{Method: req.Method, URL: endpoint, Header: req.Header, Body: string(body)}, nil
}

// impostor is the client with a secret that isn't its own, and looks like it.
func impostor(c targets.Client) targets.Client {
	c.Secret = config.Secret(spoiled(Token{Value: c.Secret.Reveal()}).Value)
	return c
}

// onceEach orders requests of which each good one may be sent once, the good ones in their
// order and bad ones among them with the given share. At least one is bad, where one can
// be. It is shorter than n when the good ones run out.
func onceEach(requests []Request, n int, badShare float64, seed uint64) []uint32 {
	var good, bad []uint32
	for i, r := range requests {
		if r.Right == Deny {
			bad = append(bad, uint32(i))
		} else {
			good = append(good, uint32(i))
		}
	}
	random := rand.New(rand.NewPCG(seed, 0x09ce))
	order := make([]uint32, 0, n)
	denied := false
	for len(order) < n {
		last := !denied && len(order) == n-1
		switch {
		case len(bad) > 0 && (last || random.Float64() < badShare):
			order, denied = append(order, bad[random.IntN(len(bad))]), true
		case len(good) > 0:
			order, good = append(order, good[0]), good[1:]
		default:
			return order
		}
	}
	return order
}

// arrivalsOnce is how many requests a step sends of which each is good for one time. A
// closed load would send them again.
func arrivalsOnce(what string, load results.Offered, seed uint64) (int, error) {
	s, err := NewSchedule(load.Arrivals, load.Rate, time.Duration(load.Duration), seed)
	if err != nil {
		return 0, err
	}
	if !s.Open() {
		return 0, fmt.Errorf("%s is good for one time, and how many a closed load takes isn't known before: use planned arrivals", what)
	}
	return s.Planned(), nil
}
